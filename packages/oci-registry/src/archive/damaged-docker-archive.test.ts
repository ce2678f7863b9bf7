import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { Image } from '../image/image.ts';
import { digestOf } from '../reference/digest.ts';
import { buildDockerArchive, buildImage, buildTar, type TarEntry } from '../testing.ts';
import { archivePlace, collect, layerBodies, ociEntries, repeatedLayer } from './archives.test-support.ts';
import { openDockerArchive } from './open-docker-archive.ts';

const place = archivePlace();

describe('a docker-archive that is not what it should be', () => {
  const tar = Buffer.alloc(2048, 0);
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [digestOf(tar)] } });
  const configName = `${digestOf(Buffer.from(config)).slice(7)}.json`;
  const base = [
    { path: configName, content: config },
    { path: 'real.tar', content: tar },
  ];
  const only = (layer: string, name: string = configName): unknown => [{ Config: name, Layers: [layer] }];
  const resolve = async (): Promise<Image> => {
    await using archive = openDockerArchive(place.file);
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
    await place.write([...base, ...links], only('x/layer.tar'));
    await using archive = openDockerArchive(place.file);
    expect(await layerBodies(await archive.resolve(undefined))).toEqual([tar]);
    for (const name of ['loop/a', 'out/layer.tar', 'abs/layer.tar', '../../etc/passwd', '/etc/passwd', 'none.tar']) {
      await place.write([...base, ...links], only(name));
      await expect(resolve(), name).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    }
  });

  it('finds a config and layers other than promised', async () => {
    const claimed = `${'0'.repeat(64)}.json`;
    await place.write([...base, { path: claimed, content: config }], only('real.tar', claimed));
    await expect(resolve()).rejects.toMatchObject({ code: 'DIGEST_INVALID' });

    await place.write([...base, { path: 'other.tar', content: Buffer.alloc(2048, 1) }], only('other.tar'));
    await using plain = openDockerArchive(place.file);
    await expect(layerBodies(await plain.resolve(undefined))).rejects.toMatchObject({ code: 'DIGEST_INVALID' });

    await place.write(
      [...base, { path: 'other.tar.gz', content: gzipSync(Buffer.alloc(2048, 1)) }],
      only('other.tar.gz'),
    );
    await using compressed = openDockerArchive(place.file);
    await expect(layerBodies(await compressed.resolve(undefined))).rejects.toMatchObject({ code: 'DIGEST_INVALID' });

    const damaged = zstdCompressSync(Buffer.alloc(500_000, 'abcdefg')).fill(0xff, 8, 16);
    await place.write([...base, { path: 'other.tar.zst', content: damaged }], only('other.tar.zst'));
    await using broken = openDockerArchive(place.file);
    await expect(layerBodies(await broken.resolve(undefined))).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('finds a layer too few or too many', async () => {
    await place.write(base, [{ Config: configName, Layers: null }]);
    await expect(resolve()).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    await place.write(base, [{ Config: configName, Layers: ['real.tar', 'real.tar'] }]);
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
    await writeFile(place.file, await bytes());
    await expect(resolve()).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  it('notices that it was cut', async () => {
    const image = await buildImage(repeatedLayer);
    const whole = await buildDockerArchive([{ image }]);
    for (const at of [700, 100_000, whole.length - 3000]) {
      await writeFile(place.file, whole.subarray(0, at));
      await expect(resolve(), String(at)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
      await writeFile(place.file, gzipSync(whole.subarray(0, at)));
      await expect(resolve(), `gzip ${at}`).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    }
  });

  it('says so where there is no such file, or none that can be read', async () => {
    await expect(resolve()).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('no such file'),
    });
    await using archive = openDockerArchive(place.directory);
    await expect(archive.resolve(undefined)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('reads no larger config than its limit', async () => {
    await place.write(base, only('real.tar'));
    await using archive = openDockerArchive(place.file, { configBytes: 10 });
    await expect(archive.resolve(undefined)).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' });
    await using other = openDockerArchive(place.file, { manifestBytes: 10 });
    await expect(other.resolve(undefined)).rejects.toMatchObject({ code: 'MANIFEST_TOO_LARGE' });
  });
});

describe('an archive that is no docker-archive', () => {
  const reasonOf = async (entries: readonly TarEntry[]): Promise<unknown> => {
    await writeFile(place.file, await buildTar(entries));
    await using archive = openDockerArchive(place.file);
    return await archive.resolve(undefined).catch((error: unknown) => error);
  };

  it('is called what it is', async () => {
    const image = await buildImage();
    const isOci = {
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('it is an oci-archive'),
      hint: 'read it as oci-archive',
    };
    expect(await reasonOf(ociEntries([{ image }]))).toMatchObject(isOci);
    expect(await reasonOf([...ociEntries([{ image }]), { path: 'manifest.json', content: 'null' }])).toMatchObject(
      isOci,
    );
  });

  it('is one of the time before manifests', async () => {
    const entries = [
      { path: `${'0'.repeat(64)}/layer.tar`, content: Buffer.alloc(1024) },
      { path: `${'0'.repeat(64)}/json`, content: '{}' },
      { path: 'repositories', content: '{"app":{"1":"0"}}' },
    ];
    expect(await reasonOf(entries)).toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('before 1.10'),
      hint: expect.stringContaining('save it again'),
    });
  });

  it('has one manifest.json and one config: of two, another reader might see the other one', async () => {
    const one = { path: 'config.json', content: '{"rootfs":{"diff_ids":[]}}' };
    const manifest = { path: 'manifest.json', content: '[{"Config":"config.json"}]' };
    expect(await reasonOf([one, manifest, manifest])).toMatchObject({
      message: expect.stringContaining('manifest.json is in it more than once'),
    });
    expect(await reasonOf([one, { ...one, path: './config.json' }, manifest])).toMatchObject({
      message: expect.stringContaining('config.json is in it more than once'),
    });
  });

  it('has no members with holes', async () => {
    const packer = pack();
    packer.entry({ name: 'a', pax: { 'GNU.sparse.major': '1' } }, 'body');
    packer.finalize();
    const pax = await collect(Readable.from(packer));
    const old = await buildTar([{ path: 'a', content: 'body' }]);
    old.write('S', 156, 'latin1');
    old.write('        ', 148, 'latin1');
    const sum = old.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    old.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    for (const bytes of [pax, old]) {
      await writeFile(place.file, bytes);
      await using archive = openDockerArchive(place.file);
      await expect(archive.resolve(undefined)).rejects.toMatchObject({
        code: 'ARCHIVE_INVALID',
        message: expect.stringContaining('sparse member'),
        hint: expect.stringContaining('--sparse'),
      });
    }
  });
});
