import { readdir, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import { buildDockerArchive, buildImage, buildTar } from '../testing.ts';
import { archivePlace, layerBodies, repeatedLayer } from './archives.test-support.ts';
import { openDockerArchive } from './open-docker-archive.ts';

const place = archivePlace();

describe('openDockerArchive', () => {
  it.each([false, true])('reads what docker save wrote before version 25, compressed as a whole: %s', async (gzip) => {
    const image = await buildImage(repeatedLayer);
    const [built] = image.images;
    await writeFile(place.file, await buildDockerArchive([{ image, tags: ['team/app:1'] }], { gzip }));
    await using archive = openDockerArchive(place.file);
    const resolved = await archive.resolve(undefined);
    expect(resolved).toMatchObject({
      reference: 'docker.io/team/app:1',
      digest: built?.config.digest,
      configDigest: built?.config.digest,
      identity: 'config',
      synthesized: true,
      platform: { os: 'linux', architecture: 'amd64' },
      manifest: { schemaVersion: 2, config: { digest: built?.config.digest } },
    });
    expect(resolved.layers.map(({ digest, diffId, mediaType }) => [digest, diffId, mediaType])).toEqual(
      built?.layers.map(({ diffId }) => [diffId, diffId, 'application/vnd.docker.image.rootfs.diff.tar']),
    );
    expect(await layerBodies(resolved)).toEqual(built?.layers.map(({ tar }) => tar));
    expect(resolved.size).toBe(
      (built?.config.size ?? 0) + (built?.layers.reduce((sum, { tar }) => sum + tar.length, 0) ?? 0),
    );
  });

  it.each([false, true])(
    'reads what Docker 25 and newer write by its manifest, compressed as a whole: %s',
    async (gzip) => {
      const image = await buildImage(repeatedLayer);
      await writeFile(place.file, await buildDockerArchive([{ image, tags: ['app:1'] }], { shape: 'hybrid', gzip }));
      await using archive = openDockerArchive(place.file);
      const resolved = await archive.resolve('app:1');
      expect(resolved).toMatchObject({ digest: image.root.digest, identity: 'manifest', synthesized: false });
      expect(await layerBodies(resolved)).toEqual(image.images[0]?.layers.map(({ bytes }) => Buffer.from(bytes)));
    },
  );

  it('finds the manifest under an index of which only one platform was saved', async () => {
    const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));
    const image = await buildImage({ images: [amd64 ?? {}, arm64 ?? {}], attestations: true });
    await writeFile(place.file, await buildDockerArchive([{ image }], { shape: 'hybrid' }));
    await using archive = openDockerArchive(place.file);
    const resolved = await archive.resolve(undefined);
    expect(resolved).toMatchObject({ digest: image.images[0]?.manifest.digest, indexDigest: image.root.digest });
    expect(resolved.reference).toBe(resolved.digest);
    await expect(archive.resolve(undefined, arm64)).rejects.toMatchObject({ code: 'PLATFORM_NOT_FOUND' });
  });

  it('falls back to the layers of manifest.json where blobs of the manifest are missing', async () => {
    const image = await buildImage({ layers: [{ entries: [{ path: 'a' }] }] });
    const [built] = image.images;
    const [layer] = built?.layers ?? [];
    const { digest, size, mediaType } = image.root;
    const index = JSON.stringify({ schemaVersion: 2, manifests: [{ digest, size, mediaType }] });
    const path = (value: string): string => `blobs/sha256/${value.slice(7)}`;
    const config = path(built?.config.digest ?? '');
    const entries = [
      { path: path(digest), content: image.root.bytes },
      { path: config, content: built?.config.bytes ?? '' },
      { path: path(layer?.diffId ?? ''), content: layer?.tar ?? '' },
      { path: 'index.json', content: index },
    ];
    await place.write(entries, [{ Config: config, RepoTags: null, Layers: [path(layer?.diffId ?? '')] }]);
    await using archive = openDockerArchive(place.file);
    expect(await archive.resolve(undefined)).toMatchObject({ identity: 'config', digest: built?.config.digest });
  });

  it.each(['gzip', 'zstd'] as const)(
    'passes %s layers of kaniko on as they are, checked against the diffID',
    async (compression) => {
      const image = await buildImage({ layers: repeatedLayer.layers.map((layer) => ({ ...layer, compression })) });
      const [built] = image.images;
      await writeFile(place.file, await buildDockerArchive([{ image }], { shape: 'kaniko' }));
      await using archive = openDockerArchive(place.file);
      const resolved = await archive.resolve(built?.config.digest);
      expect(resolved.identity).toBe('config');
      expect(resolved.layers.map(({ digest, size, mediaType }) => [digest, size, mediaType])).toEqual(
        built?.layers.map(({ digest, size }) => [
          digest,
          size,
          `application/vnd.docker.image.rootfs.diff.tar.${compression}`,
        ]),
      );
      expect(await layerBodies(resolved)).toEqual(built?.layers.map(({ bytes }) => Buffer.from(bytes)));
      for await (const _ of resolved.layers[0]?.open() ?? expect.fail()) break;
    },
  );

  it('hashes a compressed layer whose name does not tell its digest', async () => {
    const tar = await buildTar([{ path: 'a' }]);
    const layer = gzipSync(tar);
    const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [digestOf(tar)] } });
    await place.write(
      [
        { path: 'config.json', content: config },
        { path: './0/layer.tar.gz', content: layer },
      ],
      [{ Config: 'config.json', Layers: ['0/layer.tar.gz'] }],
    );
    await using archive = openDockerArchive(place.file);
    const resolved = await archive.resolve(undefined);
    expect(resolved.digest).toBe(digestOf(Buffer.from(config)));
    expect(resolved.layers[0]).toMatchObject({ digest: digestOf(layer), diffId: digestOf(tar), size: layer.length });
    expect(await layerBodies(resolved)).toEqual([layer]);
  });
});

describe('choosing an image of an archive', () => {
  it('goes by name in any spelling or by config digest, and lists what there is otherwise', async () => {
    const [one, two] = [await buildImage({ layers: [] }), await buildImage(repeatedLayer)];
    const images = [
      { image: one, tags: ['alpine:3'] },
      { image: two, tags: ['quay.io/team/app:1', 'app:latest'] },
    ];
    await writeFile(place.file, await buildDockerArchive(images));
    await using archive = openDockerArchive(place.file);
    const digests = [one, two].map(({ images: [built] }) => built?.config.digest);
    for (const name of ['alpine:3', 'docker.io/library/alpine:3', digests[0] ?? '']) {
      expect((await archive.resolve(name)).digest, name).toBe(digests[0]);
    }
    for (const name of ['quay.io/team/app:1', 'app', `any/name@${digests[1]}`]) {
      expect((await archive.resolve(name)).digest, name).toBe(digests[1]);
    }
    await expect(archive.resolve(undefined)).rejects.toMatchObject({
      code: 'REFERENCE_AMBIGUOUS',
      message: expect.stringContaining('alpine:3, quay.io/team/app:1'),
    });
    await expect(archive.resolve('alpine:4')).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    await expect(archive.resolve('NOT A NAME')).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
  });

  it('refuses another platform only when one was wanted', async () => {
    const image = await buildImage({ platform: { os: 'linux', architecture: 's390x' } });
    await writeFile(place.file, await buildDockerArchive([{ image }]));
    await using archive = openDockerArchive(place.file);
    expect((await archive.resolve(undefined)).platform.architecture).toBe('s390x');
    await expect(
      archive.resolve(undefined, { platform: { os: 'linux', architecture: 'amd64' } }),
    ).rejects.toMatchObject({
      code: 'PLATFORM_NOT_FOUND',
      message: expect.stringContaining('linux/s390x'),
    });
  });
});

describe('holding and freeing the file', () => {
  const handles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

  it('opens nothing before it is asked, and frees everything at close', async () => {
    const image = await buildImage(repeatedLayer);
    await writeFile(place.file, await buildDockerArchive([{ image }], { gzip: true }));
    const before = await handles();
    const archive = openDockerArchive(place.file);
    expect(await handles()).toBe(before);
    const resolved = await archive.resolve(undefined);
    for (let round = 0; round < 10; round++) {
      for await (const _ of resolved.layers[0]?.open() ?? expect.fail()) break;
    }
    await archive.close();
    await archive.close();
    expect(await handles()).toBeLessThanOrEqual(before + 1);
    await expect(layerBodies(resolved)).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(archive.resolve(undefined)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('fails with CLOSED what is under way when it is closed', async () => {
    const image = await buildImage(repeatedLayer);
    await writeFile(place.file, await buildDockerArchive([{ image }]));
    const archive = openDockerArchive(place.file);
    const resolving = archive.resolve(undefined).catch((error: unknown) => error);
    await archive.close();
    expect(await resolving).toMatchObject({ code: 'CLOSED' });
  });

  it('stops at the signal with its reason, and works again after', async () => {
    const image = await buildImage({ layers: [{ tar: Buffer.alloc(3_000_000) }] });
    await writeFile(place.file, await buildDockerArchive([{ image }], { gzip: true }));
    await using archive = openDockerArchive(place.file);
    await expect(archive.resolve(undefined, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    const resolved = await archive.resolve(undefined);
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of resolved.layers[0]?.open({ signal: controller.signal }) ?? expect.fail())
        controller.abort('enough');
    };
    await expect(read()).rejects.toBe('enough');
  });
});
