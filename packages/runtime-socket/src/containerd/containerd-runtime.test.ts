import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createRuntime } from '../create-runtime.ts';
import { detectRuntime } from '../endpoint/detect-runtime.ts';
import { hostPlatform } from '../image/platform.ts';
import type { Runtime } from '../runtime.ts';
import { sampleImage, sha256 } from '../testing/export-archive.test-support.ts';
import { type FakeContainerd, startFakeContainerd } from '../testing/fake-containerd.test-support.ts';
import { startFakeDocker } from '../testing/fake-docker.test-support.ts';

const name = 'docker.io/library/app:latest';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const image = sampleImage('base layer', 'x'.repeat(8_000_000));

/** Stores the image's manifest and content, and gives the manifest's digest. */
function putImage(fake: FakeContainerd): string {
  const descriptor = (content: Buffer) => ({ mediaType: 'a/b', digest: fake.put(content), size: content.length });
  const layers = image.layers.map(descriptor);
  return fake.put(JSON.stringify({ schemaVersion: 2, config: descriptor(image.config), layers }));
}

function putIndex(fake: FakeContainerd, manifests: readonly object[]): string {
  const digest = fake.put(JSON.stringify({ schemaVersion: 2, manifests }));
  fake.images.set(name, digest);
  return digest;
}

function runtimeOf({ socketPath }: FakeContainerd, namespace?: string): Runtime {
  return createRuntime({ kind: 'containerd', socketPath, ...(namespace && { namespace }) });
}

async function lengthOf(source: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of source) length += chunk.length;
  return length;
}

describe('an image of containerd', () => {
  it('is chosen from its index by platform, past attestations', async () => {
    await using fake = await startFakeContainerd();
    const digest = putImage(fake);
    const entry = (os: string, architecture: string, of = `sha256:${'0'.repeat(64)}`) => ({
      ...{ mediaType: manifestType, size: 1, digest: of, platform: { os, architecture } },
    });
    const mine = hostPlatform();
    const indexDigest = putIndex(fake, [
      entry('unknown', 'unknown'),
      entry('linux', 's390x'),
      entry(mine.os, mine.architecture, digest),
    ]);
    await using runtime = runtimeOf(fake);
    const found = await runtime.imageSource().resolve('app');
    expect(found).toMatchObject({ digest, indexDigest, identity: 'manifest', synthesized: false });
    expect(found.configDigest).toBe(image.configDigest);
    const wanted = { platform: { os: 'linux', architecture: 'riscv64' } };
    await expect(runtime.imageSource().resolve(name, wanted)).rejects.toMatchObject({ code: 'PLATFORM_MISMATCH' });
    await expect(
      runtime.imageSource().resolve(name, { platform: { os: 'linux', architecture: 's390x' } }),
    ).rejects.toMatchObject({
      code: 'CONTENT_DISCARDED',
    });
  });

  it('gives its layers, one by one or in a pass, and frees a stream that is left', async () => {
    await using fake = await startFakeContainerd();
    fake.images.set(name, putImage(fake));
    await using runtime = runtimeOf(fake);
    const { layers, exportLayers } = await runtime.imageSource().resolve(name);
    expect(await lengthOf(layers[0]!.open())).toBe(layers[0]!.size);
    const configs: unknown[] = [];
    const read: string[] = [];
    const wanted = image.diffIds.slice(1);
    for await (const layer of exportLayers({ wanted, onConfig: (config) => configs.push(config) })) {
      expect(await lengthOf(layer.stream)).toBe(layer.size);
      read.push(layer.diffId);
    }
    expect({ read, configs: configs.length }).toEqual({ read: wanted, configs: 1 });
    for await (const _ of layers[1]!.open()) break;
    await vi.waitFor(() => expect(fake.reading()).toBe(0));
    const none = exportLayers({ wanted: [`sha256:${'0'.repeat(64)}`] });
    await expect(none[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'INVALID_RESPONSE' });
  });

  it('is found by digest, in its namespace only', async () => {
    await using fake = await startFakeContainerd();
    const digest = putImage(fake);
    fake.images.set(name, digest);
    await using runtime = runtimeOf(fake);
    expect(await runtime.imageSource().resolve(`team/other@${digest}`)).toMatchObject({ digest });
    const { os, architecture } = hostPlatform();
    putIndex(fake, [{ mediaType: manifestType, size: 1, digest, platform: { os, architecture } }]);
    expect(await runtime.imageSource().resolve(digest)).toMatchObject({ digest });
    const unknown = runtime.imageSource().resolve(`sha256:${'0'.repeat(64)}`);
    await expect(unknown).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
    await using other = runtimeOf(fake, 'moby');
    await expect(other.imageSource().resolve(name)).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
  });

  it('names a layer that was thrown away, and refuses other bytes than promised', async () => {
    await using fake = await startFakeContainerd();
    fake.images.set(name, putImage(fake));
    await using runtime = runtimeOf(fake);
    const { layers } = await runtime.imageSource().resolve(name);
    fake.blobs.set(image.diffIds[0]!, Buffer.from('other bytes'));
    await expect(lengthOf(layers[0]!.open())).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    fake.blobs.delete(image.diffIds[1]!);
    await expect(lengthOf(layers[1]!.open())).rejects.toMatchObject({ code: 'CONTENT_DISCARDED' });
    await expect(lengthOf(layers[1]!.open())).rejects.toThrow('layer 1');
    expect((await runtime.imageSource().resolve(name)).layers).toHaveLength(image.diffIds.length);
  });

  it.each([
    ['what is neither index nor manifest', '{"schemaVersion":2}'],
    ['what could be either', '{"schemaVersion":2,"manifests":[],"layers":[]}'],
    ['what is not JSON', 'text'],
  ])('refuses %s', async (_, document) => {
    await using fake = await startFakeContainerd();
    fake.images.set(name, fake.put(document));
    await using runtime = runtimeOf(fake);
    await expect(runtime.imageSource().resolve(name)).rejects.toMatchObject({ code: 'INVALID_RESPONSE' });
  });

  it('rejects with the reason of the signal in the middle of a layer', async () => {
    await using fake = await startFakeContainerd();
    fake.images.set(name, putImage(fake));
    await using runtime = runtimeOf(fake);
    const { layers } = await runtime.imageSource().resolve(name);
    const [ending, reason] = [new AbortController(), new Error('enough')];
    const reading = (async () => {
      for await (const _ of layers[1]!.open({ signal: ending.signal })) ending.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
  });
});

describe('watching containerd', () => {
  it('reports tasks of its namespace that start and stop, and images it has forgotten', async () => {
    await using fake = await startFakeContainerd();
    const digest = putImage(fake);
    fake.images.set(name, digest);
    const labels = { 'io.kubernetes.container.name': 'web' };
    fake.tasks.set('one', { image: name, labels, status: 2 });
    fake.tasks.set('paused', { image: 'gone:1', labels: {}, status: 4 });
    fake.tasks.set('ended', { image: name, labels: {}, status: 3 });
    await using runtime = runtimeOf(fake);
    const lines: string[] = [];
    for await (const event of runtime.watchImages()) {
      if (event.type === 'listed') {
        await vi.waitFor(() => expect(fake.listening()).toBe(1));
        fake.tasks.delete('one');
        fake.emit('one');
      }
      if (!('container' in event)) continue;
      const { container } = event;
      lines.push(
        [event.type, container.containerId, container.containerName, container.digest, container.identity].join(' '),
      );
      if (event.type === 'stopped') break;
    }
    expect(lines).toEqual([
      `started one web ${digest} manifest`,
      'started paused   unknown',
      `stopped one web ${digest} manifest`,
    ]);
    await vi.waitFor(() => expect(fake.listening()).toBe(0));
  });

  it('tells the image a container was started from, whatever its name means by now', async () => {
    await using fake = await startFakeContainerd();
    const before = putImage(fake);
    const other = sampleImage('another layer');
    const config = { mediaType: 'a/b', digest: fake.put(other.config), size: other.config.length };
    const layer = { mediaType: 'a/b', digest: other.diffIds[0]!, size: 1 };
    const now = fake.put(JSON.stringify({ schemaVersion: 2, config, layers: [layer] }));
    fake.images.set(name, now);
    const chainId = sha256(`${image.diffIds[0]} ${image.diffIds[1]}`);
    fake.labels.set(image.configDigest, { 'containerd.io/gc.ref.snapshot.overlayfs': chainId });
    fake.labels.set(before, { 'containerd.io/gc.ref.content.config': image.configDigest });
    const bases = {
      'from before': chainId,
      'of another owner': `${chainId}-1000-1000`,
      'from now': other.diffIds[0]!,
      'from what is gone': `sha256:${'0'.repeat(64)}`,
      'of no layers': '',
    };
    for (const [id, base] of Object.entries(bases)) fake.tasks.set(id, { image: name, labels: {}, base, status: 2 });
    await using runtime = runtimeOf(fake);
    const found: Record<string, string | undefined> = {};
    for await (const event of runtime.watchImages()) {
      if (event.type !== 'started') break;
      found[event.container.containerId] = event.container.digest;
    }
    expect(found).toEqual({
      'from before': before,
      'of another owner': before,
      'from now': now,
      'from what is gone': undefined,
      'of no layers': now,
    });
  });

  it('tells all names of an image, of which any may be the one of its registry', async () => {
    await using fake = await startFakeContainerd();
    const digest = putImage(fake);
    const names = ['local:5000/tagged/here:1', 'registry.example/team/app:2', 'registry.example/team/app@sha256:0'];
    for (const one of [...names, 'sha256:0']) fake.images.set(one, digest);
    fake.images.set('registry.example/other:1', fake.put('{}'));
    fake.tasks.set('one', { image: names[0]!, labels: {}, status: 2 });
    await using runtime = runtimeOf(fake);
    for await (const event of runtime.watchImages()) {
      if (event.type !== 'started') continue;
      expect(event.container.repoDigests).toEqual([
        `local:5000/tagged/here@${digest}`,
        `registry.example/team/app@${digest}`,
      ]);
      break;
    }
  });
});

describe('watching through CRI', () => {
  it('reports containers with the config and the names of their image', async () => {
    await using fake = await startFakeContainerd();
    fake.images.set(name, image.configDigest);
    fake.tasks.set('one', { image: name, labels: {}, status: 2 });
    await using runtime = createRuntime({ kind: 'crio', socketPath: fake.socketPath });
    const lines: string[] = [];
    for await (const event of runtime.watchImages()) {
      if (event.type === 'listed') fake.tasks.set('two', { image: 'gone:1', labels: {}, status: 2 });
      if (event.type === 'stopped') break;
      if (event.type !== 'started') continue;
      const { containerName, digest, identity, repoDigests } = event.container;
      lines.push([containerName, identity, digest, repoDigests].join(' '));
      if (containerName === 'name-two') fake.tasks.delete('one');
    }
    expect(lines).toEqual([
      `name-one config ${image.configDigest} team/app@${image.configDigest}`,
      'name-two unknown  ',
    ]);
    await expect(runtime.imageSource().resolve(name)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('detectRuntime', () => {
  it('asks who is there, and tells why others are not', async () => {
    await using containerd = await startFakeContainerd();
    await using docker = await startFakeDocker({ kind: 'podman' });
    const { found, refused } = await detectRuntime({
      candidates: [
        { kind: 'containerd', socketPath: containerd.socketPath },
        { kind: 'crio', socketPath: containerd.socketPath },
        { kind: 'docker', socketPath: docker.socketPath },
        { kind: 'containerd', socketPath: docker.socketPath },
        { kind: 'docker', socketPath: '/nonexistent.sock' },
      ],
    });
    expect(found.map(({ endpoint, version }) => [endpoint.kind, version.version])).toEqual([
      ['containerd', '1.6.20'],
      ['crio', '1.36.0'],
      ['podman', '20.10.24'],
    ]);
    expect(refused.map(({ error }) => error.code)).toEqual(['UNSUPPORTED', 'NOT_FOUND']);
  });

  it('looks at the usual sockets by itself, and rejects only when it is aborted', async () => {
    const { found, refused } = await detectRuntime();
    expect(found.length + refused.length).toBe(4);
    const reason = new Error('enough');
    await expect(detectRuntime({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('does not wait for one that never answers', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'iar-mute-'));
    const socketPath = join(directory, 'mute.sock');
    const mute = createServer().listen(socketPath);
    await once(mute, 'listening');
    const candidates = [{ kind: 'docker', socketPath } as const, { kind: 'crio', socketPath } as const];
    const { refused } = await detectRuntime({ candidates, timeout: 50 });
    expect(refused.map(({ error }) => error.code)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    mute.close();
    await rm(directory, { recursive: true });
  });

  it('keeps a closed containerd closed', async () => {
    await using fake = await startFakeContainerd();
    const runtime = runtimeOf(fake);
    await runtime.version();
    await runtime.close();
    await expect(runtime.version()).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
