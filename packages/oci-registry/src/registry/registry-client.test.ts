import { describe, expect, it, vi } from 'vitest';
import type { Image } from '../image/image.ts';
import { ociConfigType, ociIndexType, ociManifestType } from '../image/media-types.ts';
import { digestOf } from '../reference/digest.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry, type TestRegistryOptions } from '../testing.ts';
import type { RegistryClientOptions } from '../transport/client-options.ts';
import { RegistryClient } from './registry-client.ts';

async function registryWith(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry(options));
  return registry;
}

function clientWith(options: RegistryClientOptions = {}): RegistryClient {
  return untilTestEnds(new RegistryClient({ retry: { sleep: () => Promise.resolve() }, ...options }));
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const firstLayer = (image: Image) => image.layers[0] ?? expect.fail('the image has no layer');

describe('resolving an image', () => {
  it('reads manifest and config, and leaves the layers for later', async () => {
    const registry = await registryWith();
    const pushed = await registry.push('team/app', '1', {
      layers: [{ entries: [{ path: 'a', content: 'a' }] }, { entries: [{ path: 'b' }], compression: 'zstd' }],
      config: { config: { Labels: { 'org.example': 'yes' } } },
    });
    const [built] = pushed.images;
    const image = await clientWith().resolve(pushed.reference);

    expect(image).toMatchObject({
      reference: pushed.reference,
      digest: pushed.digest,
      identity: 'manifest',
      platform: { os: 'linux', architecture: 'amd64' },
      configDigest: built?.config.digest,
      config: { config: { Labels: { 'org.example': 'yes' } } },
      synthesized: false,
    });
    expect(image.indexDigest).toBeUndefined();
    expect(image.size).toBe(pushed.blobs.reduce((sum, blob) => sum + blob.size, 0));
    expect(image.layers.map(({ index, digest, diffId, size }) => ({ index, digest, diffId, size }))).toEqual(
      built?.layers.map(({ digest, diffId, size }, index) => ({ index, digest, diffId, size })),
    );
    expect(registry.requests).toHaveLength(2);
    const bodies = await Promise.all(image.layers.map((layer) => collect(layer.open())));
    expect(bodies).toEqual(built?.layers.map((layer) => Buffer.from(layer.bytes)));
  });

  it('leaves the chunks to their reader, who may free them', async () => {
    const registry = await registryWith();
    const layers = [{ entries: [{ path: 'a', content: Buffer.alloc(3_000_000, 7) }], compression: 'none' }] as const;
    const { reference } = await registry.push('app', '1', { layers });
    const layer = firstLayer(await clientWith().resolve(reference));
    let [bytes, freed] = [0, 0];
    for await (const { buffer, byteLength } of layer.open()) {
      bytes += byteLength;
      if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) continue;
      buffer.transfer(0);
      freed += byteLength;
    }
    expect(bytes).toBe(layer.size);
    expect(freed).toBeGreaterThan(bytes / 2);
  });

  it('opens a layer again at every iteration', async () => {
    const registry = await registryWith();
    const { reference } = await registry.push('app', '1');
    const stream = firstLayer(await clientWith().resolve(reference)).open();
    expect(await collect(stream)).toEqual(await collect(stream));
  });

  it('reads Docker media types, and by digest what a tag has long left', async () => {
    const registry = await registryWith();
    const old = await registry.push('app', 'latest', { format: 'docker' });
    await registry.push('app', 'latest', { layers: [] });
    const client = clientWith();
    const image = await client.resolve(`${registry.host}/app:latest@${old.digest}`);
    expect(image.digest).toBe(old.digest);
    expect(image.manifest.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
    expect((await client.resolve(`${registry.host}/app`)).layers).toEqual([]);
  });

  it('takes a Reference object, and refuses one that would leave its path', async () => {
    const registry = await registryWith();
    const { digest } = await registry.push('app', '1');
    const client = clientWith();
    expect((await client.resolve({ registry: registry.host, repository: 'app', tag: '1' })).digest).toBe(digest);
    const sly = { registry: registry.host, repository: '../../token', tag: '1' };
    await expect(client.resolve(sly)).rejects.toMatchObject({ code: 'REFERENCE_INVALID' });
    await expect(client.resolve(undefined)).rejects.toMatchObject({ code: 'REFERENCE_INVALID' });
    expect(() => client.openBlob(`${registry.host}/app`, { digest: 'sha256:../x', size: 1 })).toThrow(/DIGEST_INVALID/);
  });

  it('gives the bytes of a manifest, verified', async () => {
    const registry = await registryWith();
    const { digest, root, reference } = await registry.push('app', '1', { images: [{}] });
    const manifest = await clientWith().getManifest(reference);
    expect(manifest).toMatchObject({ kind: 'index', digest, mediaType: ociIndexType });
    expect(Buffer.from(manifest.bytes)).toEqual(Buffer.from(root.bytes));
  });
});

describe('choosing a platform', () => {
  const images = [
    { platform: { os: 'linux', architecture: 'amd64' } },
    { platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
    { platform: { os: 'linux', architecture: 'arm', variant: 'v6' } },
    { platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
  ];

  it('takes the child of an index that fits, and never an attestation', async () => {
    const registry = await registryWith();
    const { reference, digest, images: built } = await registry.push('app', '1', { images, attestations: true });
    const client = clientWith();
    const arm64 = await client.resolve(reference, { platform: { os: 'linux', architecture: 'arm64' } });
    expect(arm64).toMatchObject({
      digest: built[3]?.manifest.digest,
      indexDigest: digest,
      platform: images[3]?.platform,
    });
    const v6 = await client.resolve(reference, { platform: { os: 'linux', architecture: 'arm', variant: 'v6' } });
    expect(v6.digest).toBe(built[2]?.manifest.digest);
    const unknown = client.resolve(reference, { platform: { os: 'unknown', architecture: 'unknown' } });
    await expect(unknown).rejects.toMatchObject({ code: 'PLATFORM_NOT_FOUND' });
  });

  it('lists what exists when nothing fits', async () => {
    const registry = await registryWith();
    const { reference } = await registry.push('app', '1', { images, format: 'docker', attestations: true });
    await expect(
      clientWith().resolve(reference, { platform: { os: 'linux', architecture: 's390x' } }),
    ).rejects.toMatchObject({
      code: 'PLATFORM_NOT_FOUND',
      message: expect.stringMatching(/linux\/s390x.*linux\/amd64, linux\/arm\/v7, linux\/arm\/v6, linux\/arm64\/v8\)$/),
    });
  });

  it('refuses a lone image for another platform, unless none was wanted', async () => {
    const registry = await registryWith();
    const { reference, digest } = await registry.push('app', '1', { platform: { os: 'linux', architecture: 's390x' } });
    const client = clientWith();
    expect((await client.resolve(reference)).digest).toBe(digest);
    await expect(client.resolve(reference, { platform: { os: 'linux', architecture: 'amd64' } })).rejects.toMatchObject(
      {
        code: 'PLATFORM_NOT_FOUND',
        message: expect.stringContaining('linux/s390x'),
      },
    );
  });

  it('takes the only image of an index when no platform was wanted', async () => {
    const registry = await registryWith();
    const spec = { images: [{ platform: { os: 'linux', architecture: 's390x' } }], attestations: true };
    const { reference, images: built } = await registry.push('app', '1', spec);
    expect((await clientWith().resolve(reference)).digest).toBe(built[0]?.manifest.digest);
  });

  it('looks into children without a platform, passes over artifacts there, and into nested indexes', async () => {
    const registry = await registryWith();
    const arm = await registry.push('app', 'arm', { platform: { os: 'linux', architecture: 'arm64' } });
    const nested = await registry.push('app', 'nested', { images });
    const artifact = await registry.push('app', 'chart', {
      layers: [],
      manifest: {
        config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf(Buffer.from('{}')), size: 2 },
      },
    });
    const manifests = [artifact.root, arm.root, nested.root].map(({ digest, mediaType, size }) => ({
      digest,
      mediaType,
      size,
    }));
    registry.pushManifest('app', 'all', JSON.stringify({ schemaVersion: 2, manifests }), ociIndexType);
    const client = clientWith();
    const resolve = (architecture: string) =>
      client.resolve(`${registry.host}/app:all`, { platform: { os: 'linux', architecture } });
    expect((await resolve('arm64')).digest).toBe(arm.digest);
    expect((await resolve('amd64')).digest).toBe(nested.images[0]?.manifest.digest);
    await expect(resolve('s390x')).rejects.toMatchObject({ code: 'PLATFORM_NOT_FOUND' });
  });

  it('ends in indexes nested without end, and in indexes of countless unnamed children', async () => {
    const registry = await registryWith();
    let { root } = await registry.push('app', '1', {});
    for (let depth = 0; depth < 6; depth++) {
      const child = { digest: root.digest, mediaType: root.mediaType, size: root.size };
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [child] }));
      const digest = registry.pushManifest('app', 'deep', bytes, ociIndexType);
      root = { digest, mediaType: ociIndexType, size: bytes.length, bytes };
    }
    const children = Array.from({ length: 100 }, () => ({
      digest: root.digest,
      mediaType: root.mediaType,
      size: root.size,
    }));
    registry.pushManifest('app', 'wide', JSON.stringify({ schemaVersion: 2, manifests: children }), ociIndexType);
    const client = clientWith();
    await expect(client.resolve(`${registry.host}/app:deep`)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    await expect(client.resolve(`${registry.host}/app:wide`)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    expect(registry.requests.length).toBeLessThan(60);
  });
});

describe('what is not an image', () => {
  it('says so', async () => {
    const registry = await registryWith();
    const helm = {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
      digest: digestOf(Buffer.from('{}')),
      size: 2,
    };
    const { reference } = await registry.push('charts/app', '1', { layers: [], manifest: { config: helm } });
    await expect(clientWith().resolve(reference)).rejects.toMatchObject({
      code: 'NOT_AN_IMAGE',
      message: expect.stringContaining('helm'),
      hint: expect.any(String),
    });
  });

  it('refuses schema 1, other documents, and an index without images', async () => {
    const registry = await registryWith();
    registry.pushManifest(
      'app',
      'v1',
      '{"schemaVersion":1}',
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    );
    registry.pushManifest('app', 'html', '<html>', 'text/html');
    registry.pushManifest('app', 'none', '{"schemaVersion":2,"manifests":[]}', ociIndexType);
    const client = clientWith();
    const codeOf = (tag: string) =>
      client.resolve(`${registry.host}/app:${tag}`).catch((error: { code: string }) => error.code);
    expect(await codeOf('v1')).toBe('MANIFEST_UNSUPPORTED');
    expect(await codeOf('html')).toBe('MANIFEST_INVALID');
    expect(await codeOf('none')).toBe('NOT_AN_IMAGE');
  });

  it('refuses a config that does not fit the layers', async () => {
    const registry = await registryWith();
    const { reference } = await registry.push('app', '1', { config: { rootfs: { type: 'layers', diff_ids: [] } } });
    await expect(clientWith().resolve(reference)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});

describe('content that is not what it should be', () => {
  it('finds a changed byte in manifest, config and layer', async () => {
    const registry = await registryWith();
    const { reference, digest, images } = await registry.push('app', '1');
    const client = clientWith();
    const flip = { kind: 'flip', at: 20 } as const;

    registry.addFault({ on: 'manifest', fault: flip, times: 2 });
    await expect(client.resolve(reference)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    await expect(client.resolve(`${registry.host}/app@${digest}`)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });

    registry.addFault({ reference: images[0]?.config.digest, fault: flip, times: 1 });
    await expect(client.resolve(reference)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });

    const image = await client.resolve(reference);
    registry.addFault({ on: 'blob', fault: flip });
    await expect(collect(firstLayer(image).open())).rejects.toMatchObject({
      code: 'DIGEST_INVALID',
      message: expect.stringContaining('layer 0'),
    });
  });

  it('finds a child of another size than its index says', async () => {
    const registry = await registryWith();
    const { root } = await registry.push('app', '1');
    const child = { digest: root.digest, mediaType: root.mediaType, size: root.size + 1 };
    registry.pushManifest('app', 'bad', JSON.stringify({ schemaVersion: 2, manifests: [child] }), ociIndexType);
    await expect(clientWith().resolve(`${registry.host}/app:bad`)).rejects.toMatchObject({ code: 'SIZE_INVALID' });
  });

  it('refuses a blob that is announced, or turns out, longer than promised', async () => {
    const registry = await registryWith();
    const image = await clientWith().resolve((await registry.push('app', '1')).reference);
    registry.addFault({ on: 'blob', fault: { kind: 'oversize', bytes: 5_000_000 }, times: 1 });
    await expect(collect(firstLayer(image).open())).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    registry.addFault({ on: 'blob', fault: { kind: 'oversize', bytes: 50_000_000, chunked: true } });
    await expect(collect(firstLayer(image).open())).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    await vi.waitFor(() => expect(registry.requests.at(-1)?.outcome).toBe('closed'));
  });

  // A small body has come as a whole by then; its stream must not end the process with an error of its own.
  it('refuses a blob that is announced shorter than promised, every time', async () => {
    const registry = await registryWith();
    const { reference } = await registry.push('app', '1');
    const client = clientWith();
    const { digest, size } = firstLayer(await client.resolve(reference));
    for (let time = 0; time < 5; time += 1) {
      const blob = client.openBlob(reference, { digest, size: size + 1 });
      await expect(collect(blob)).rejects.toMatchObject({ code: 'SIZE_INVALID' });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('reads no more of a manifest or config than the limit', async () => {
    const registry = await registryWith();
    const { reference } = await registry.push('app', '1');
    const client = clientWith();
    for (const chunked of [false, true]) {
      registry.addFault({ on: 'manifest', fault: { kind: 'oversize', bytes: 30_000_000, chunked }, times: 1 });
      await expect(client.resolve(reference)).rejects.toMatchObject({ code: 'MANIFEST_TOO_LARGE' });
      await vi.waitFor(() => expect(registry.requests.at(-1)?.outcome).toBe('closed'));
    }
    const strict = clientWith({ limits: { configBytes: 10 } });
    await expect(strict.resolve(reference)).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' });
  });

  it('reports a connection that breaks in the middle of a layer again and again as retryable', async () => {
    const registry = await registryWith();
    const layers = [{ tar: Buffer.alloc(200_000, 'x'), compression: 'none' }] as const;
    const image = await clientWith().resolve((await registry.push('app', '1', { layers })).reference);
    registry.addFault({ on: 'blob', fault: { kind: 'cut', after: 1000 } });
    await expect(collect(firstLayer(image).open())).rejects.toMatchObject({ code: 'NETWORK', retryable: true });
  });

  it('accepts a manifest with a header that says nothing, and refuses one that lies', async () => {
    const registry = await registryWith();
    const { reference } = await registry.push('app', '1');
    const typed = (type: string) => ({ kind: 'headers', headers: { 'content-type': type } }) as const;
    registry.addFault({ on: 'manifest', fault: typed('text/plain'), times: 1 });
    expect((await clientWith().resolve(reference)).identity).toBe('manifest');
    registry.addFault({ on: 'manifest', fault: typed(ociIndexType), times: 1 });
    await expect(clientWith().resolve(reference)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});

describe('foreign layers', () => {
  const foreign = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';

  it('are read where the registry holds them', async () => {
    const registry = await registryWith();
    const layers = [{ mediaType: foreign, urls: ['https://mcr.example/x'] }];
    const image = await clientWith().resolve((await registry.push('app', '1', { layers })).reference);
    expect((await collect(firstLayer(image).open())).length).toBe(firstLayer(image).size);
  });

  it('are read from their urls where it does not, and reported where those have them no more', async () => {
    const registry = await registryWith();
    const elsewhere = await registryWith();
    const kept = await elsewhere.push('base', '1', {});
    const digest = kept.images[0]?.layers[0]?.digest;
    const layers = [{ mediaType: foreign, urls: [`${elsewhere.url}/v2/base/blobs/${digest}`] }];
    const spec = { layers: [{ ...layers[0], tar: kept.images[0]?.layers[0]?.tar }] };
    const image = await clientWith().resolve((await registry.push('app', '1', spec)).reference);
    registry.deleteBlob('app', firstLayer(image).digest);
    expect((await collect(firstLayer(image).open())).length).toBe(firstLayer(image).size);
    elsewhere.deleteBlob('base', firstLayer(image).digest);
    await expect(collect(firstLayer(image).open())).rejects.toMatchObject({
      code: 'LAYER_UNAVAILABLE',
      message: expect.stringContaining(elsewhere.host),
    });
  });

  it('are reported where the registry has neither them nor urls, and other layers as what they are', async () => {
    const registry = await registryWith();
    const layers = [{ mediaType: foreign }, {}];
    const image = await clientWith().resolve((await registry.push('app', '1', { layers })).reference);
    for (const layer of image.layers) registry.deleteBlob('app', layer.digest);
    await expect(collect(firstLayer(image).open())).rejects.toMatchObject({ code: 'LAYER_UNAVAILABLE' });
    await expect(collect(image.layers[1]?.open() ?? expect.fail())).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
  });
});

describe('leaving early', () => {
  const layers = [{ tar: Buffer.alloc(30_000_000, 'x'), compression: 'none' }] as const;

  it('closes the connection of a layer when the loop is left', async () => {
    const registry = await registryWith();
    const image = await clientWith().resolve((await registry.push('app', '1', { layers })).reference);
    for await (const chunk of firstLayer(image).open()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await vi.waitFor(() => expect(registry.requests.at(-1)).toMatchObject({ status: 200, outcome: 'closed' }));
  });

  it('sends nothing for a stream that is never iterated', async () => {
    const registry = await registryWith();
    const image = await clientWith().resolve((await registry.push('app', '1', { layers })).reference);
    const before = registry.requests.length;
    firstLayer(image).open();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(registry.requests.length).toBe(before);
  });

  it('rejects with the reason of the signal, before, during and after the headers', async () => {
    const registry = await registryWith();
    const { reference } = await registry.push('app', '1', { layers });
    const client = clientWith();
    const reason = new Error('enough');
    await expect(client.resolve(reference, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    const image = await client.resolve(reference);
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of firstLayer(image).open({ signal: controller.signal })) controller.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
    await vi.waitFor(() => expect(registry.requests.at(-1)?.outcome).toBe('closed'));

    registry.addFault({ on: 'manifest', fault: { kind: 'stall', after: 0 } });
    const waiting = new AbortController();
    const resolving = client.resolve(reference, { signal: waiting.signal });
    setTimeout(() => waiting.abort(reason), 30);
    await expect(resolving).rejects.toBe(reason);
  });

  it('fails what is being read with CLOSED when the client is closed, and everything after', async () => {
    const registry = await registryWith();
    const { reference } = await registry.push('app', '1', { layers });
    const client = new RegistryClient();
    const image = await client.resolve(reference);
    const read = async (): Promise<void> => {
      for await (const _ of firstLayer(image).open()) await client.close();
    };
    await expect(read()).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.resolve(reference)).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('a single manifest without a mediaType', () => {
  it('is an image by its shape', async () => {
    const registry = await registryWith();
    const { images } = await registry.push('app', '1');
    const [built] = images;
    const config = { mediaType: ociConfigType, digest: built?.config.digest, size: built?.config.size };
    const layers = built?.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size }));
    registry.pushManifest('app', 'bare', JSON.stringify({ schemaVersion: 2, config, layers }), ociManifestType);
    expect((await clientWith().resolve(`${registry.host}/app:bare`)).layers).toHaveLength(1);
  });
});
