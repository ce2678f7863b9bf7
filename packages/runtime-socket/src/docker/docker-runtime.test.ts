import { describe, expect, it, vi } from 'vitest';
import { createRuntime } from '../create-runtime.ts';
import { sampleImage } from '../testing/export-archive.test-support.ts';
import { type FakeDocker, type FakeDockerOptions, startFakeDocker } from '../testing/fake-docker.test-support.ts';

const image = sampleImage('base layer', 'second layer', 'x'.repeat(3_000_000), 'top layer');
const styles = ['docker-20', 'docker-25', 'podman', 'foreign'] as const;

function runtimeOf(fake: FakeDocker, kind: 'docker' | 'podman' = 'docker') {
  return createRuntime({ kind, socketPath: fake.socketPath });
}

async function resolved(fake: FakeDocker, kind: 'docker' | 'podman' = 'docker') {
  return runtimeOf(fake, kind).imageSource().resolve('team/app:1');
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const exports = (fake: FakeDocker): number => fake.requests.filter((url) => url.includes('/get')).length;

describe('an image of Docker', () => {
  it('has what the daemon tells, and is identified by its config', async () => {
    await using fake = await startFakeDocker({ image });
    expect(await resolved(fake)).toMatchObject({
      reference: 'team/app:1',
      digest: image.configDigest,
      identity: 'config',
      configDigest: image.configDigest,
      platform: { os: 'linux', architecture: 'amd64' },
      synthesized: true,
      manifest: { schemaVersion: 2, config: { digest: image.configDigest } },
      config: { architecture: 'amd64', author: 'me', rootfs: { diff_ids: image.diffIds } },
      layers: image.diffIds.map((digest, index) => ({ index, digest, diffId: digest })),
    });
    expect(fake.requests.filter((url) => !url.startsWith('/v1.41/'))).toEqual(['/version']);
  });

  it('has of its config what was set, not what the daemon fills in', async () => {
    const set = { Env: ['A=b'], Cmd: ['/bin/app'], Healthcheck: { Test: ['NONE'] }, ArgsEscaped: true };
    const filledIn = { Hostname: '', AttachStdin: false, Image: '', OnBuild: null, Volumes: null, WorkingDir: '' };
    await using fake = await startFakeDocker({ image, inspected: { Config: { ...filledIn, ...set } } });
    const { config } = await resolved(fake);
    expect(config.config).toStrictEqual(set);
    expect(config.history?.map(({ created }) => created)).toContain('1970-01-01T00:01:00Z');
  });

  it('is identified by its manifest where Podman has it', async () => {
    await using fake = await startFakeDocker({ image, kind: 'podman' });
    const found = await resolved(fake, 'podman');
    expect(found).toMatchObject({ digest: `sha256:${'d'.repeat(64)}`, identity: 'manifest' });
    expect(found.config.history).toEqual([{ created_by: 'podman' }]);
  });

  it.each(styles)('gives all layers and the config of an export in the style of %s', async (style) => {
    await using fake = await startFakeDocker({ image, style });
    const contents = new Map<number, string>();
    const configs: unknown[] = [];
    for await (const layer of (await resolved(fake)).exportLayers({ onConfig: (config) => configs.push(config) })) {
      const bytes = await bytesOf(layer.stream);
      expect(bytes.length).toBe(layer.size);
      contents.set(layer.index, bytes.toString());
    }
    expect(image.layers.map((_, index) => contents.get(index))).toEqual(image.layers.map(String));
    expect(configs).toMatchObject([{ rootfs: { diff_ids: image.diffIds } }]);
    // Only names that tell nothing cost a second pass.
    expect(exports(fake)).toBe(style === 'foreign' ? 2 : 1);
  });

  it.each(styles)('opens single layers of an export in the style of %s', async (style) => {
    await using fake = await startFakeDocker({ image, style });
    for (const [index, layer] of (await resolved(fake)).layers.entries()) {
      expect((await bytesOf(layer.open())).equals(image.layers[index]!)).toBe(true);
    }
  });

  it('passes over layers that nobody reads, and refuses those that have passed', async () => {
    await using fake = await startFakeDocker({ image, style: 'podman' });
    const passed: AsyncIterable<Uint8Array>[] = [];
    for await (const { stream } of (await resolved(fake)).exportLayers()) passed.push(stream);
    expect(passed).toHaveLength(4);
    await expect(bytesOf(passed[0]!)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('frees its connection when a layer is left early', async () => {
    await using fake = await startFakeDocker({ image });
    const { layers } = await resolved(fake);
    for await (const chunk of layers[2]!.open()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    const before = fake.connections();
    expect(before).toBeLessThanOrEqual(2);
    await vi.waitFor(() => expect(fake.connections()).toBeLessThanOrEqual(1));
  });

  it('rejects with the reason of the signal, before and during the reading', async () => {
    await using fake = await startFakeDocker({ image });
    const reason = new Error('enough');
    const { layers, exportLayers } = await resolved(fake);
    await expect(bytesOf(layers[2]!.open({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    const ending = new AbortController();
    const reading = (async () => {
      for await (const { stream } of exportLayers({ signal: ending.signal })) {
        for await (const _ of stream) ending.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
  });

  it('ends what it reads when the source is closed', async () => {
    await using fake = await startFakeDocker({ image });
    const source = runtimeOf(fake).imageSource();
    const { layers } = await source.resolve('team/app:1');
    await source.close();
    await expect(bytesOf(layers[0]!.open())).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(source.resolve('team/app:1')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  const flip = (text: string) => (archive: Buffer) => {
    const at = archive.indexOf(text);
    const damaged = Buffer.from(archive);
    damaged[at] = damaged[at]! ^ 1;
    return damaged;
  };
  const damages: [string, FakeDockerOptions, string][] = [
    ['a layer with other bytes', { damage: flip('second layer') }, 'DIGEST_INVALID'],
    ['a config with other bytes', { damage: flip('"history"'), style: 'podman' }, 'DIGEST_INVALID'],
    ['an archive that breaks off', { damage: (archive) => archive.subarray(0, 2_000_000) }, 'UNAVAILABLE'],
    ['something that is no archive', { damage: () => Buffer.alloc(4096, 'no tar') }, 'INVALID_RESPONSE'],
    ['an archive of nothing', { damage: () => Buffer.alloc(1024) }, 'INVALID_RESPONSE'],
    [
      'layers that the config does not have',
      { inspected: { RootFS: { Layers: image.diffIds.slice(0, 3) } }, style: 'podman' },
      'INVALID_RESPONSE',
    ],
  ];

  it.each(damages)('refuses %s', async (_, options, code) => {
    await using fake = await startFakeDocker({ image, ...options });
    const reading = (async () => {
      for await (const { stream } of (await resolved(fake)).exportLayers({ onConfig: () => undefined })) {
        await bytesOf(stream);
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: 'RuntimeError', code });
  });

  it('refuses layers that the image does not have', async () => {
    await using fake = await startFakeDocker({ image });
    const reading = (await resolved(fake)).exportLayers({ wanted: [`sha256:${'0'.repeat(64)}`] });
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'INVALID_RESPONSE' });
  });

  const refusals: [string, FakeDockerOptions, string][] = [
    [
      'an image that is not there',
      { answers: { '/images/team%2Fapp%3A1/json': [404, '{"message":"gone"}'] } },
      'IMAGE_UNKNOWN',
    ],
    ['an image in the store of containerd', { inspected: { Descriptor: {} } }, 'UNSUPPORTED'],
    ['an image without layers', { inspected: { RootFS: {} } }, 'UNSUPPORTED'],
    ['an answer that is not JSON', { answers: { '/version': [200, 'hello'] } }, 'INVALID_RESPONSE'],
    ['a version that is none', { version: { ApiVersion: 'new' } }, 'INVALID_RESPONSE'],
    ['a daemon that fails', { answers: { '/version': [503, 'busy'] } }, 'UNAVAILABLE'],
    ['a daemon that refuses us', { answers: { '/version': [403, 'no'] } }, 'PERMISSION'],
    [
      'a daemon of another time',
      { answers: { '/version': [400, '{"message":"client version 1.41 is too old"}'] } },
      'UNSUPPORTED',
    ],
    ['a daemon that does not understand', { answers: { '/version': [400, 'what'] } }, 'INVALID_RESPONSE'],
    ['an answer without end', { answers: { '/version': [200, ' '.repeat(65 * 1024 * 1024)] } }, 'TOO_LARGE'],
    ['Podman that stands in for Docker', { kind: 'podman' }, 'UNSUPPORTED'],
  ];

  it.each(refusals)('tells %s', async (_, options, code) => {
    await using fake = await startFakeDocker({ image, ...options });
    await expect(resolved(fake)).rejects.toMatchObject({ name: 'RuntimeError', code });
  });

  it.each([
    ['1.30', '1.12', '/v1.30/'],
    ['1.52', '1.44', '/v1.44/'],
  ])('speaks an API version that the daemon knows (%s, at least %s)', async (ApiVersion, MinAPIVersion, prefix) => {
    await using fake = await startFakeDocker({ image, version: { ApiVersion, MinAPIVersion } });
    await resolved(fake);
    expect(fake.requests.at(-1)).toContain(prefix);
  });

  it('is found in Podman by the digest of its manifest, which its name need not mean any more', async () => {
    const [digest, unknown] = [`sha256:${'d'.repeat(64)}`, `sha256:${'e'.repeat(64)}`];
    const pathOf = (name: string): string => `/images/${encodeURIComponent(name)}/json`;
    const listed = [{ Id: 'f'.repeat(64) }, { Id: image.configDigest.replace('sha256:', ''), Digest: digest }];
    const answers = {
      [pathOf(digest)]: [404, '{"message":"no such image"}'],
      [pathOf(unknown)]: [404, '{"message":"no such image"}'],
      '/libpod/images/json': [200, JSON.stringify(listed)],
    } as const;
    await using fake = await startFakeDocker({ image, kind: 'podman', answers });
    const runtime = runtimeOf(fake, 'podman');
    expect(await runtime.imageSource().resolve(digest)).toMatchObject({ digest, configDigest: image.configDigest });
    await expect(runtime.imageSource().resolve(unknown)).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
  });

  it('is refused for another platform', async () => {
    await using fake = await startFakeDocker({ image });
    const source = runtimeOf(fake).imageSource();
    const wanted = (architecture: string) => ({ platform: { os: 'linux', architecture } });
    await expect(source.resolve('team/app:1', wanted('arm64'))).rejects.toMatchObject({ code: 'PLATFORM_MISMATCH' });
    await expect(source.resolve('team/app:1', wanted('amd64'))).resolves.toMatchObject({ identity: 'config' });
    await expect(source.resolve(undefined)).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
  });

  it('tells a closed runtime, a missing socket and one that nobody listens at', async () => {
    await using fake = await startFakeDocker({ image });
    const runtime = runtimeOf(fake);
    await runtime.version();
    await runtime.close();
    await expect(runtime.version()).rejects.toMatchObject({ code: 'CLOSED' });
    const missing = createRuntime({ kind: 'docker', socketPath: `${fake.socketPath}.none` });
    await expect(missing.version()).rejects.toMatchObject({ code: 'NOT_FOUND', retryable: false });
    await fake.halt();
    await expect(runtimeOf(fake).version()).rejects.toMatchObject({ name: 'RuntimeError' });
  });
});
