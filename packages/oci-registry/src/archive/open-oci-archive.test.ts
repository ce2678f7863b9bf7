import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ociIndexType } from '../image/media-types.ts';
import { buildDockerArchive, buildImage, buildTar } from '../testing.ts';
import { archiveFile, buildOciArchive, collect, layerBodies, ociEntries } from './archives.test-support.ts';
import { openOciArchive } from './open-oci-archive.ts';

const platforms = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));

describe('openOciArchive', () => {
  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['compressed with gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['compressed with zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
  ])('reads the only image without being told its name, %s', async (_, pack) => {
    const image = await buildImage({ layers: [{ entries: [{ path: 'a', content: 'a'.repeat(300_000) }] }, {}] });
    const file = await archiveFile(pack(await buildOciArchive([{ image, tag: 'v1' }])), 'app.tar');
    await using archive = openOciArchive(file);
    const resolved = await archive.resolve(undefined);
    expect(resolved).toMatchObject({
      reference: 'app:v1',
      digest: image.root.digest,
      identity: 'manifest',
      synthesized: false,
    });
    expect(await layerBodies(resolved)).toEqual(image.images[0]?.layers.map(({ bytes }) => Buffer.from(bytes)));
  });

  it('reads one that was packed from the directory, and names it after the file', async () => {
    const image = await buildImage();
    const entries = ociEntries([{ image }]).map((entry) => ({ ...entry, path: `./${entry.path}` }));
    await using archive = openOciArchive(await archiveFile(await buildTar(entries), 'app.oci.tar.gz'));
    expect((await archive.resolve(undefined)).reference).toBe(`app@${image.root.digest}`);
  });

  it('chooses by tag, digest or full name, and lists what there is otherwise', async () => {
    const [one, two] = [await buildImage({ layers: [] }), await buildImage()];
    const images = [
      { image: one, tag: 'one' },
      { image: two, tag: 'registry.example.com/team/two:1' },
    ];
    await using archive = openOciArchive(await archiveFile(await buildOciArchive(images)));
    expect((await archive.resolve('one')).digest).toBe(one.root.digest);
    expect((await archive.resolve(`@${two.root.digest}`)).digest).toBe(two.root.digest);
    expect(await archive.resolve('registry.example.com/team/two:1')).toMatchObject({
      digest: two.root.digest,
      reference: 'registry.example.com/team/two:1',
    });
    await expect(archive.resolve(undefined)).rejects.toMatchObject({
      code: 'REFERENCE_AMBIGUOUS',
      message: expect.stringContaining('one, registry.example.com/team/two:1'),
    });
    await expect(archive.resolve('three')).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
  });

  it('chooses the platform, and gives the whole index as content', async () => {
    const image = await buildImage({ images: platforms, attestations: true });
    await using archive = openOciArchive(await archiveFile(await buildOciArchive([{ image, tag: 'v1' }])));
    expect(await archive.resolve('v1', platforms[1])).toMatchObject({
      digest: image.images[1]?.manifest.digest,
      indexDigest: image.root.digest,
    });
    const { reference, root, store } = await archive.content('v1');
    expect([reference, root.digest, root.kind]).toEqual(['image:v1', image.root.digest, 'index']);
    for (const { digest, size, bytes } of image.blobs) {
      expect(await collect(store.openBlob({ digest, size }, {}))).toEqual(Buffer.from(bytes));
    }
    const { digest, mediaType, size } = image.images[0]?.manifest ?? expect.fail();
    expect((await store.readManifest({ digest, mediaType, size }, {})).kind).toBe('manifest');
  });

  it('reads an index.json that is the index of an image itself', async () => {
    const image = await buildImage({ images: platforms });
    const manifests = image.images.map(({ manifest: { digest, mediaType, size }, platform }) => ({
      digest,
      mediaType,
      size,
      platform,
    }));
    await using archive = openOciArchive(await archiveFile(await buildOciArchive([{ image }], { manifests })));
    expect((await archive.resolve(undefined, platforms[1])).digest).toBe(image.images[1]?.manifest.digest);
  });

  it('finds blobs that are missing, changed or cut', async () => {
    const image = await buildImage({ layers: [{ entries: [{ path: 'a' }] }, {}] });
    const path = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
    const [first, second] = image.images[0]?.layers ?? [];
    const entries = ociEntries([{ image }])
      .filter((entry) => entry.path !== path(second?.digest ?? ''))
      .map((entry) => (entry.path === path(first?.digest ?? '') ? { ...entry, content: 'other' } : entry));
    await using archive = openOciArchive(await archiveFile(await buildTar(entries)));
    const { layers } = await archive.resolve(undefined);
    await expect(collect(layers[0]?.open() ?? expect.fail())).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    await expect(collect(layers[1]?.open() ?? expect.fail())).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    const config = path(image.images[0]?.config.digest ?? '');
    const damaged = ociEntries([{ image }]).map((entry) => {
      return entry.path === config ? { ...entry, content: Buffer.from(entry.content ?? '').fill('x', 0, 1) } : entry;
    });
    await using other = openOciArchive(await archiveFile(await buildTar(damaged)));
    await expect(other.resolve(undefined)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
  });
});

describe('an archive that is no oci-archive', () => {
  const marker = { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' };
  const empty = { path: 'index.json', content: JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType }) };

  it('is called what it is', async () => {
    const file = await archiveFile(await buildDockerArchive([{ image: await buildImage() }]));
    await using archive = openOciArchive(file);
    await expect(archive.resolve(undefined)).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('it is a docker-archive'),
      hint: 'read it as docker-archive',
    });
  });

  it.each([
    ['nothing of both', [{ path: 'a' }], 'ARCHIVE_INVALID', 'it has no index.json'],
    [
      'no oci-layout',
      [{ ...empty, content: '{"schemaVersion":2,"manifests":[]}' }],
      'ARCHIVE_INVALID',
      'no oci-layout',
    ],
    [
      'another version',
      [
        { ...empty, content: '{"schemaVersion":2,"manifests":[]}' },
        { ...marker, content: '{"imageLayoutVersion":"2"}' },
      ],
      'ARCHIVE_INVALID',
      'not version 1',
    ],
    ['no index', [{ path: 'index.json', content: '{"schemaVersion":2,"layers":[]}' }, marker], 'MANIFEST_INVALID', ''],
    ['no image', [{ path: 'index.json', content: '{"schemaVersion":2,"manifests":[]}' }, marker], 'NOT_AN_IMAGE', ''],
  ])('says so: %s', async (_, entries, code, message) => {
    await using archive = openOciArchive(await archiveFile(await buildTar(entries)));
    await expect(archive.resolve(undefined)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('is refused where index.json is there twice: another reader might see the other one', async () => {
    const [one, two] = [await buildImage({ layers: [] }), await buildImage()];
    const entries = [...ociEntries([{ image: one }]), ...ociEntries([{ image: two }])];
    await using archive = openOciArchive(await archiveFile(await buildTar(entries)));
    await expect(archive.resolve(undefined)).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('index.json is in it more than once'),
    });
  });

  it('reads no larger documents than its limits', async () => {
    const image = await buildImage();
    const file = await archiveFile(await buildOciArchive([{ image }]));
    const size = image.images[0]?.config.size ?? 0;
    await using small = openOciArchive(file, { configBytes: size - 1 });
    await expect(small.resolve(undefined)).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' });
    await using tiny = openOciArchive(file, { manifestBytes: 20 });
    await expect(tiny.resolve(undefined)).rejects.toMatchObject({ code: 'MANIFEST_TOO_LARGE' });
  });
});
