import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Image } from '../image/image.ts';
import { digestOf } from '../reference/digest.ts';
import { buildDockerArchive, buildImage, buildTar, type TarEntry } from '../testing.ts';
import { buildOciArchive, collect, ociEntries, withManifest } from './archives.test-support.ts';
import { type ArchiveStreamOptions, readArchiveStream } from './read-archive-stream.ts';

async function* chunked(bytes: Uint8Array, size: number = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Scan {
  readonly image: Image;
  /** Content of everything handed out, by digest. */
  readonly contents: ReadonlyMap<string, Buffer>;
}

/** Reads a stream as a scan does: every layer as it passes, then the image. */
async function scan(source: AsyncIterable<Uint8Array>, options: ArchiveStreamOptions = {}): Promise<Scan> {
  const archive = readArchiveStream(source, options);
  const contents = new Map<string, Buffer>();
  for await (const layer of archive.layers()) {
    const body = await collect(layer.open());
    expect(body.length).toBe(layer.size);
    contents.set(await layer.digest(), body);
  }
  return { image: await archive.image(), contents };
}

const layersOf = ({ image, contents }: Scan): (Buffer | undefined)[] =>
  image.layers.map(({ digest }) => contents.get(digest));

const spec = {
  layers: [
    { entries: [{ path: 'a', content: 'a'.repeat(300_000) }] },
    { entries: [{ path: '{', content: 'a name like a document' }] },
    { entries: [{ path: 'a', content: 'a'.repeat(300_000) }] },
  ],
} as const;

describe('readArchiveStream', () => {
  it.each(['classic', 'hybrid', 'kaniko'] as const)('reads a docker-archive (%s) as it passes', async (shape) => {
    const built = await buildImage(spec);
    const bytes = await buildDockerArchive([{ image: built, tags: ['app:1'] }], { shape });
    const result = await scan(chunked(bytes), { reference: 'app:1' });
    const layers = built.images[0]?.layers ?? [];
    expect(result.image).toMatchObject({
      reference: 'docker.io/library/app:1',
      configDigest: built.images[0]?.config.digest,
      synthesized: shape !== 'hybrid',
    });
    expect(layersOf(result)).toEqual(
      layers.map((layer) => (shape === 'classic' ? layer.tar : Buffer.from(layer.bytes))),
    );
  });

  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['compressed with gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['compressed with zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
  ])('reads an oci-archive, %s, and chooses the platform at the end', async (_, pack) => {
    const images = ['amd64', 'arm64'].map((architecture) => ({ ...spec, platform: { os: 'linux', architecture } }));
    const built = await buildImage({ images, attestations: true });
    const bytes = pack(await buildOciArchive([{ image: built, tag: 'v1' }]));
    const result = await scan(chunked(bytes, 1000), {
      platform: { os: 'linux', architecture: 'arm64' },
      name: 'stdin',
    });
    expect(result.image).toMatchObject({
      reference: 'stdin:v1',
      digest: built.images[1]?.manifest.digest,
      indexDigest: built.root.digest,
    });
    expect(layersOf(result)).toEqual(built.images[1]?.layers.map((layer) => Buffer.from(layer.bytes)));
  });

  it('reads any order of members, in any chunks', async () => {
    const built = await buildImage({ layers: [{ entries: [{ path: 'a' }] }, { compression: 'none' }, {}] });
    const entries = ociEntries([{ image: built, tag: 'v1' }]).map((entry) => ({ ...entry, path: `./${entry.path}` }));
    const order = fc.shuffledSubarray(entries, { minLength: entries.length });
    await fc.assert(
      fc.asyncProperty(order, fc.integer({ min: 1, max: 5000 }), async (shuffled, size) => {
        const result = await scan(chunked(await buildTar(shuffled), size));
        expect(result.image.digest).toBe(built.root.digest);
        expect(layersOf(result)).toEqual(built.images[0]?.layers.map((layer) => Buffer.from(layer.bytes)));
      }),
      { numRuns: 40 },
    );
  });

  it('follows links to layers, before and behind them', async () => {
    const tar = await buildTar([{ path: 'a', content: 'a' }]);
    const config = JSON.stringify({ rootfs: { diff_ids: [digestOf(tar), digestOf(tar), digestOf(tar)] } });
    const entries: TarEntry[] = [
      { path: 'one/layer.tar', type: 'symlink', target: '../two/layer.tar' },
      { path: 'two/layer.tar', content: tar },
      { path: 'three/layer.tar', type: 'link', target: 'two/layer.tar' },
      { path: 'config.json', content: config },
      { path: 'VERSION', content: '1.0' },
    ];
    const layers = ['one', 'two', 'three'].map((name) => `${name}/layer.tar`);
    const bytes = await withManifest(entries, [{ Config: 'config.json', Layers: layers }]);
    const result = await scan(chunked(bytes));
    expect(layersOf(result)).toEqual([tar, tar, tar]);
    expect(result.contents.size).toBe(1);
  });

  it('needs nobody to read: what is not read is verified in passing', async () => {
    const built = await buildImage(spec);
    const bytes = await buildDockerArchive([{ image: built }]);
    expect((await readArchiveStream(chunked(bytes)).image()).layers).toHaveLength(3);
    const archive = readArchiveStream(chunked(bytes));
    const digests: string[] = [];
    for await (const layer of archive.layers()) {
      for await (const _ of layer.open()) break;
      digests.push(await layer.digest());
    }
    expect(digests).toEqual(built.images[0]?.layers.slice(0, 2).map(({ diffId }) => diffId));
    expect((await archive.image()).layers[0]?.digest).toBe(digests[0]);
  });

  it('tells the digest before the layer is read, where its name has it', async () => {
    const built = await buildImage(spec);
    const archive = readArchiveStream(chunked(await buildOciArchive([{ image: built }])));
    for await (const layer of archive.layers()) expect(layer.claimedDigest).toBe(await layer.digest());
    const docker = readArchiveStream(chunked(await buildDockerArchive([{ image: built }])));
    for await (const layer of docker.layers()) expect(layer.claimedDigest).toBeUndefined();
  });

  it('gives an image whose layers have passed: they cannot be opened', async () => {
    const { image } = await scan(chunked(await buildDockerArchive([{ image: await buildImage() }])));
    await expect(collect(image.layers[0]?.open() ?? expect.fail())).rejects.toMatchObject({
      code: 'CLOSED',
      hint: expect.stringContaining('as they pass'),
    });
  });

  it('hands a layer out once', async () => {
    const archive = readArchiveStream(chunked(await buildDockerArchive([{ image: await buildImage() }])));
    const kept = [];
    for await (const layer of archive.layers()) {
      await collect(layer.open());
      await expect(collect(layer.open())).rejects.toMatchObject({ code: 'CLOSED' });
      kept.push(layer);
    }
    expect(await kept[0]?.digest()).toBe((await archive.image()).layers[0]?.digest);
  });

  it('does not let a layer look shorter than it is to who reads it too late', async () => {
    const built = await buildImage({ layers: [{ tar: Buffer.alloc(300_000), compression: 'none' }, {}] });
    const archive = readArchiveStream(chunked(await buildOciArchive([{ image: built }]), 1000));
    const late = [];
    for await (const layer of archive.layers()) {
      const reading = layer.open()[Symbol.asyncIterator]();
      expect((await reading.next()).done).toBe(false);
      late.push(reading);
    }
    await expect(late[0]?.next()).rejects.toMatchObject({ code: 'CLOSED' });

    const left = readArchiveStream(chunked(await buildOciArchive([{ image: built }]), 1000));
    const [first] = [(await left.layers()[Symbol.asyncIterator]().next()).value];
    for await (const _ of left.layers()) break;
    await expect(collect(first?.open() ?? expect.fail())).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('reads on behind the end of the tar, so that who writes does not meet a closed pipe', async () => {
    const bytes = await buildDockerArchive([{ image: await buildImage() }]);
    let written = 0;
    async function* padded(): AsyncGenerator<Uint8Array> {
      for (const chunk of [bytes, ...new Array(20).fill(Buffer.alloc(512))]) {
        yield chunk;
        written += chunk.length;
      }
    }
    await readArchiveStream(padded()).image();
    expect(written).toBe(bytes.length + 20 * 512);
  });
});
