import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ociIndexType } from '../image/media-types.ts';
import { type BuiltImage, buildImage, writeOciLayout } from '../testing.ts';
import { openOciLayout } from './open-oci-layout.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'oci-layout-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const blobPath = (digest: string): string => join(directory, 'blobs', ...digest.split(':'));
const writeIndex = (manifests: unknown): Promise<void> =>
  writeFile(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
const describeRoot = ({ root }: BuiltImage) => ({ mediaType: root.mediaType, digest: root.digest, size: root.size });

describe('openOciLayout', () => {
  it('reads the only image without being told its name', async () => {
    const image = await buildImage({ layers: [{ tar: Buffer.alloc(700_000, 'x'), compression: 'none' }] });
    await writeOciLayout(directory, [{ image, tag: 'v1' }]);
    await using layout = openOciLayout(directory);
    const resolved = await layout.resolve(undefined);
    expect(resolved).toMatchObject({
      reference: `${basename(directory)}:v1`,
      digest: image.root.digest,
      identity: 'manifest',
      synthesized: false,
    });
    expect(await collect(resolved.layers[0]?.open() ?? expect.fail())).toEqual(Buffer.alloc(700_000, 'x'));
  });

  it('chooses by tag, digest or full name, and lists what there is otherwise', async () => {
    const [one, two] = [await buildImage({ layers: [] }), await buildImage()];
    await writeOciLayout(directory, [
      { image: one, tag: 'one' },
      { image: two, tag: 'two' },
    ]);
    const layout = openOciLayout(directory);
    expect((await layout.resolve('two')).digest).toBe(two.root.digest);
    expect((await layout.resolve(`@${one.root.digest}`)).digest).toBe(one.root.digest);
    await expect(layout.resolve(undefined)).rejects.toMatchObject({
      code: 'REFERENCE_AMBIGUOUS',
      message: expect.stringContaining('one, two'),
    });
    await expect(layout.resolve('three')).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    const annotations = { 'io.containerd.image.name': 'docker.io/library/app:1' };
    await writeIndex([{ ...describeRoot(one), annotations }, describeRoot(two)]);
    expect((await layout.resolve('docker.io/library/app:1')).digest).toBe(one.root.digest);
  });

  it('chooses the platform under an index, and in an index.json that is one itself', async () => {
    const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));
    const image = await buildImage({ images: [amd64 ?? {}, arm64 ?? {}], attestations: true });
    await writeOciLayout(directory, [{ image }]);
    const layout = openOciLayout(directory);
    const nested = await layout.resolve(undefined, arm64);
    expect(nested).toMatchObject({ digest: image.images[1]?.manifest.digest, indexDigest: image.root.digest });
    await expect(layout.resolve(undefined, { platform: { os: 'linux', architecture: 'arm' } })).rejects.toMatchObject({
      code: 'PLATFORM_NOT_FOUND',
    });
    const children = image.images.map(({ manifest: { digest, mediaType, size }, platform }) => ({
      digest,
      mediaType,
      size,
      platform,
    }));
    await writeIndex(children);
    expect((await layout.resolve(undefined, amd64)).digest).toBe(image.images[0]?.manifest.digest);
  });

  it('finds changed, missing and cut blobs', async () => {
    const image = await buildImage({ layers: [{}, {}, { entries: [{ path: 'x' }] }] });
    await writeOciLayout(directory, [{ image }]);
    const layout = openOciLayout(directory);
    const { layers } = await layout.resolve(undefined);
    const [first, , third] = layers;
    await writeFile(blobPath(first?.digest ?? ''), Buffer.alloc(first?.size ?? 0));
    await truncate(blobPath(third?.digest ?? ''), 10);
    await expect(collect(first?.open() ?? expect.fail())).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    await expect(collect(third?.open() ?? expect.fail())).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    await rm(blobPath(first?.digest ?? ''));
    await expect(collect(first?.open() ?? expect.fail())).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    await rm(blobPath(image.root.digest));
    await expect(layout.resolve(undefined)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
  });

  it('lets no digest lead out of the directory', async () => {
    const image = await buildImage();
    await writeOciLayout(directory, [{ image }]);
    await writeFile(join(directory, 'secret'), 'secret');
    for (const digest of ['sha256:../../secret', '../secret:x', `sha256:${'a'.repeat(63)}/`]) {
      await writeIndex([{ ...describeRoot(image), digest }]);
      await expect(openOciLayout(directory).resolve(undefined)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    }
  });

  it('reads regular files only, and does not wait for anything else', async () => {
    const image = await buildImage();
    await writeOciLayout(directory, [{ image }]);
    await rm(blobPath(image.root.digest));
    await symlink('/dev/zero', blobPath(image.root.digest));
    await expect(openOciLayout(directory).resolve(undefined)).rejects.toMatchObject({ code: 'LAYOUT_INVALID' });
    await rm(blobPath(image.root.digest));
    await mkdir(blobPath(image.root.digest));
    await expect(openOciLayout(directory).resolve(undefined)).rejects.toMatchObject({ code: 'LAYOUT_INVALID' });
  });

  it('says what a layout is to who names something else', async () => {
    const layout = openOciLayout(directory);
    await expect(layout.resolve(undefined)).rejects.toMatchObject({
      code: 'LAYOUT_INVALID',
      hint: expect.stringContaining('oci-layout'),
    });
    await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}');
    await expect(layout.resolve(undefined)).rejects.toMatchObject({ code: 'LAYOUT_INVALID' });
    await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await writeIndex([]);
    await expect(layout.resolve(undefined)).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
    await writeIndex([{ mediaType: 'application/json', digest: `sha256:${'0'.repeat(64)}`, size: 1 }]);
    await expect(layout.resolve(undefined)).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
  });

  it('reads no more than its limits', async () => {
    const image = await buildImage();
    await writeOciLayout(directory, [{ image }]);
    const { size } = image.images[0]?.config ?? expect.fail();
    await expect(openOciLayout(directory, { configBytes: size - 1 }).resolve(undefined)).rejects.toMatchObject({
      code: 'CONFIG_TOO_LARGE',
    });
    await expect(openOciLayout(directory, { manifestBytes: 250 }).resolve(undefined)).rejects.toMatchObject({
      code: 'MANIFEST_TOO_LARGE',
    });
    await writeFile(join(directory, 'index.json'), `${' '.repeat(1000)}{}`);
    await expect(openOciLayout(directory, { manifestBytes: 999 }).resolve(undefined)).rejects.toMatchObject({
      code: 'MANIFEST_TOO_LARGE',
    });
  });

  it('frees the file when a layer is left early, and stops at the signal', async () => {
    const image = await buildImage({ layers: [{ tar: Buffer.alloc(3_000_000), compression: 'none' }] });
    await writeOciLayout(directory, [{ image }]);
    const [layer] = (await openOciLayout(directory).resolve(undefined)).layers;
    const handles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
    const before = await handles();
    for (let round = 0; round < 20; round++) {
      for await (const _ of layer?.open() ?? expect.fail()) break;
    }
    expect(await handles()).toBeLessThan(before + 5);
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of layer?.open({ signal: controller.signal }) ?? expect.fail()) controller.abort('enough');
    };
    await expect(read()).rejects.toBe('enough');
    await expect(openOciLayout(directory).resolve(undefined, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
  });

  it('is over after close', async () => {
    const layout = openOciLayout(directory);
    await layout.close();
    await expect(layout.resolve(undefined)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('does not take a manifest for an index.json', async () => {
    const image = await buildImage();
    await writeOciLayout(directory, [{ image }]);
    await writeFile(join(directory, 'index.json'), image.root.bytes);
    await expect(openOciLayout(directory).resolve(undefined)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    await writeFile(
      join(directory, 'index.json'),
      JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests: null }),
    );
    await expect(openOciLayout(directory).resolve(undefined)).rejects.toThrow();
  });
});
