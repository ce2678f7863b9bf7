import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Image } from '../image/image.ts';
import { digestOf } from '../reference/digest.ts';
import { buildDockerArchive, buildImage, buildTar, type TarEntry } from '../testing.ts';
import { openDockerArchive } from './open-docker-archive.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'docker-archive-'));
  file = join(directory, 'image.tar');
});
afterEach(() => rm(directory, { recursive: true }));

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const bodies = (image: Image): Promise<Buffer[]> => Promise.all(image.layers.map((layer) => collect(layer.open())));

/** An archive with a hand-made manifest.json. */
async function writeArchive(entries: readonly TarEntry[], manifest: unknown): Promise<void> {
  await writeFile(file, await buildTar([...entries, { path: 'manifest.json', content: JSON.stringify(manifest) }]));
}

const spec = {
  layers: [
    { entries: [{ path: 'a', content: 'a'.repeat(300_000) }] },
    { entries: [{ path: 'b' }] },
    { entries: [{ path: 'a', content: 'a'.repeat(300_000) }] },
  ],
} as const;

describe('openDockerArchive', () => {
  it.each([false, true])('reads what docker save wrote before version 25, compressed as a whole: %s', async (gzip) => {
    const image = await buildImage(spec);
    const [built] = image.images;
    await writeFile(file, await buildDockerArchive([{ image, tags: ['team/app:1'] }], { gzip }));
    await using archive = openDockerArchive(file);
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
    expect(await bodies(resolved)).toEqual(built?.layers.map(({ tar }) => tar));
    expect(resolved.size).toBe(
      (built?.config.size ?? 0) + (built?.layers.reduce((sum, { tar }) => sum + tar.length, 0) ?? 0),
    );
  });

  it.each([false, true])(
    'reads what Docker 25 and newer write by its manifest, compressed as a whole: %s',
    async (gzip) => {
      const image = await buildImage(spec);
      await writeFile(file, await buildDockerArchive([{ image, tags: ['app:1'] }], { shape: 'hybrid', gzip }));
      await using archive = openDockerArchive(file);
      const resolved = await archive.resolve('app:1');
      expect(resolved).toMatchObject({ digest: image.root.digest, identity: 'manifest', synthesized: false });
      expect(await bodies(resolved)).toEqual(image.images[0]?.layers.map(({ bytes }) => Buffer.from(bytes)));
    },
  );

  it('finds the manifest under an index of which only one platform was saved', async () => {
    const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));
    const image = await buildImage({ images: [amd64 ?? {}, arm64 ?? {}], attestations: true });
    await writeFile(file, await buildDockerArchive([{ image }], { shape: 'hybrid' }));
    await using archive = openDockerArchive(file);
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
    await writeArchive(entries, [{ Config: config, RepoTags: null, Layers: [path(layer?.diffId ?? '')] }]);
    await using archive = openDockerArchive(file);
    expect(await archive.resolve(undefined)).toMatchObject({ identity: 'config', digest: built?.config.digest });
  });

  it.each(['gzip', 'zstd'] as const)(
    'passes %s layers of kaniko on as they are, checked against the diffID',
    async (compression) => {
      const image = await buildImage({ layers: spec.layers.map((layer) => ({ ...layer, compression })) });
      const [built] = image.images;
      await writeFile(file, await buildDockerArchive([{ image }], { shape: 'kaniko' }));
      await using archive = openDockerArchive(file);
      const resolved = await archive.resolve(built?.config.digest);
      expect(resolved.identity).toBe('config');
      expect(resolved.layers.map(({ digest, size, mediaType }) => [digest, size, mediaType])).toEqual(
        built?.layers.map(({ digest, size }) => [
          digest,
          size,
          `application/vnd.docker.image.rootfs.diff.tar.${compression}`,
        ]),
      );
      expect(await bodies(resolved)).toEqual(built?.layers.map(({ bytes }) => Buffer.from(bytes)));
      for await (const _ of resolved.layers[0]?.open() ?? expect.fail()) break;
    },
  );

  it('hashes a compressed layer whose name does not tell its digest', async () => {
    const tar = await buildTar([{ path: 'a' }]);
    const layer = gzipSync(tar);
    const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [digestOf(tar)] } });
    await writeArchive(
      [
        { path: 'config.json', content: config },
        { path: './0/layer.tar.gz', content: layer },
      ],
      [{ Config: 'config.json', Layers: ['0/layer.tar.gz'] }],
    );
    await using archive = openDockerArchive(file);
    const resolved = await archive.resolve(undefined);
    expect(resolved.digest).toBe(digestOf(Buffer.from(config)));
    expect(resolved.layers[0]).toMatchObject({ digest: digestOf(layer), diffId: digestOf(tar), size: layer.length });
    expect(await bodies(resolved)).toEqual([layer]);
  });
});

describe('choosing an image of an archive', () => {
  it('goes by name in any spelling or by config digest, and lists what there is otherwise', async () => {
    const [one, two] = [await buildImage({ layers: [] }), await buildImage(spec)];
    const images = [
      { image: one, tags: ['alpine:3'] },
      { image: two, tags: ['quay.io/team/app:1', 'app:latest'] },
    ];
    await writeFile(file, await buildDockerArchive(images));
    await using archive = openDockerArchive(file);
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
    await writeFile(file, await buildDockerArchive([{ image }]));
    await using archive = openDockerArchive(file);
    expect((await archive.resolve(undefined)).platform.architecture).toBe('s390x');
    await expect(
      archive.resolve(undefined, { platform: { os: 'linux', architecture: 'amd64' } }),
    ).rejects.toMatchObject({
      code: 'PLATFORM_NOT_FOUND',
      message: expect.stringContaining('linux/s390x'),
    });
  });
});

describe('an archive that is not what it should be', () => {
  const tar = Buffer.alloc(2048, 0);
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [digestOf(tar)] } });
  const configName = `${digestOf(Buffer.from(config)).slice(7)}.json`;
  const base = [
    { path: configName, content: config },
    { path: 'real.tar', content: tar },
  ];
  const only = (layer: string, name: string = configName): unknown => [{ Config: name, Layers: [layer] }];
  const resolve = async (): Promise<Image> => {
    await using archive = openDockerArchive(file);
    return await archive.resolve(undefined);
  };

  it('follows links inside of it, and none out of it', async () => {
    const links: TarEntry[] = [
      { path: 'x/layer.tar', type: 'symlink', target: '../y/layer.tar' },
      { path: 'y/layer.tar', type: 'link', target: 'real.tar' },
      { path: 'loop/a', type: 'symlink', target: 'b' },
      { path: 'loop/b', type: 'symlink', target: 'a' },
      { path: 'out/layer.tar', type: 'symlink', target: '../../../../../../etc/passwd' },
      { path: 'abs/layer.tar', type: 'symlink', target: '/etc/passwd' },
    ];
    await writeArchive([...base, ...links], only('x/layer.tar'));
    await using archive = openDockerArchive(file);
    expect(await bodies(await archive.resolve(undefined))).toEqual([tar]);
    for (const name of ['loop/a', 'out/layer.tar', 'abs/layer.tar', '../../etc/passwd', '/etc/passwd', 'none.tar']) {
      await writeArchive([...base, ...links], only(name));
      await expect(resolve(), name).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    }
  });

  it('finds a config and layers other than promised', async () => {
    const claimed = `${'0'.repeat(64)}.json`;
    await writeArchive([...base, { path: claimed, content: config }], only('real.tar', claimed));
    await expect(resolve()).rejects.toMatchObject({ code: 'DIGEST_INVALID' });

    await writeArchive([...base, { path: 'other.tar', content: Buffer.alloc(2048, 1) }], only('other.tar'));
    await using plain = openDockerArchive(file);
    await expect(bodies(await plain.resolve(undefined))).rejects.toMatchObject({ code: 'DIGEST_INVALID' });

    await writeArchive(
      [...base, { path: 'other.tar.gz', content: gzipSync(Buffer.alloc(2048, 1)) }],
      only('other.tar.gz'),
    );
    await using compressed = openDockerArchive(file);
    await expect(bodies(await compressed.resolve(undefined))).rejects.toMatchObject({ code: 'DIGEST_INVALID' });

    const damaged = zstdCompressSync(Buffer.alloc(500_000, 'abcdefg')).fill(0xff, 8, 16);
    await writeArchive([...base, { path: 'other.tar.zst', content: damaged }], only('other.tar.zst'));
    await using broken = openDockerArchive(file);
    await expect(bodies(await broken.resolve(undefined))).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('finds a layer too few or too many', async () => {
    await writeArchive(base, [{ Config: configName, Layers: null }]);
    await expect(resolve()).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    await writeArchive(base, [{ Config: configName, Layers: ['real.tar', 'real.tar'] }]);
    await expect(resolve()).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });

  it.each([
    ['no manifest.json', () => buildTar(base), 'has no manifest.json'],
    ['a manifest.json of another shape', () => buildTar([{ path: 'manifest.json', content: '[{}]' }]), 'Config'],
    ['a manifest.json that is no JSON', () => buildTar([{ path: 'manifest.json', content: 'x' }]), 'not JSON'],
    ['nothing', () => Promise.resolve(Buffer.alloc(0)), 'has no manifest.json'],
    ['other bytes', () => Promise.resolve(Buffer.alloc(2000, 'x')), 'not a tar archive'],
    [
      'damaged gzip',
      () => Promise.resolve(Buffer.concat([gzipSync(Buffer.alloc(5000, 'x')).subarray(0, 20), Buffer.alloc(9)])),
      'gzip data is damaged',
    ],
    [
      'a config that is missing',
      () => buildTar([{ path: 'manifest.json', content: '[{"Config":"x"}]' }]),
      'config of the image is missing',
    ],
  ])('names the mistake of a file with %s', async (_, bytes, reason) => {
    await writeFile(file, await bytes());
    await expect(resolve()).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  it('notices that it was cut', async () => {
    const image = await buildImage(spec);
    const whole = await buildDockerArchive([{ image }]);
    for (const at of [700, 100_000, whole.length - 3000]) {
      await writeFile(file, whole.subarray(0, at));
      await expect(resolve(), String(at)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
      await writeFile(file, gzipSync(whole.subarray(0, at)));
      await expect(resolve(), `gzip ${at}`).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    }
  });

  it('says so where there is no such file, or none that can be read', async () => {
    await expect(resolve()).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('no such file'),
    });
    await using archive = openDockerArchive(directory);
    await expect(archive.resolve(undefined)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('reads no larger config than its limit', async () => {
    await writeArchive(base, only('real.tar'));
    await using archive = openDockerArchive(file, { configBytes: 10 });
    await expect(archive.resolve(undefined)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });
});

describe('holding and freeing the file', () => {
  const handles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

  it('opens nothing before it is asked, and frees everything at close', async () => {
    const image = await buildImage(spec);
    await writeFile(file, await buildDockerArchive([{ image }], { gzip: true }));
    const before = await handles();
    const archive = openDockerArchive(file);
    expect(await handles()).toBe(before);
    const resolved = await archive.resolve(undefined);
    for (let round = 0; round < 10; round++) {
      for await (const _ of resolved.layers[0]?.open() ?? expect.fail()) break;
    }
    await archive.close();
    await archive.close();
    expect(await handles()).toBeLessThanOrEqual(before + 1);
    await expect(bodies(resolved)).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(archive.resolve(undefined)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('fails with CLOSED what is under way when it is closed', async () => {
    const image = await buildImage(spec);
    await writeFile(file, await buildDockerArchive([{ image }]));
    const archive = openDockerArchive(file);
    const resolving = archive.resolve(undefined).catch((error: unknown) => error);
    await archive.close();
    expect(await resolving).toMatchObject({ code: 'CLOSED' });
  });

  it('stops at the signal with its reason, and works again after', async () => {
    const image = await buildImage({ layers: [{ tar: Buffer.alloc(3_000_000) }] });
    await writeFile(file, await buildDockerArchive([{ image }], { gzip: true }));
    await using archive = openDockerArchive(file);
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
