import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildDockerArchive, buildImage, buildTar } from '../testing.ts';
import { archiveFile, buildOciArchive, layerBodies } from './archives.test-support.ts';
import { openArchive } from './open-archive.ts';

describe('openArchive', () => {
  it.each(['classic', 'hybrid', 'kaniko'] as const)(
    'reads a docker-archive (%s) by its manifest.json',
    async (shape) => {
      const image = await buildImage();
      const bytes = await buildDockerArchive([{ image, tags: ['team/app:1'] }], { shape });
      await using archive = openArchive(await archiveFile(zstdCompressSync(bytes)));
      const resolved = await archive.resolve('team/app:1');
      expect(resolved).toMatchObject({
        reference: 'docker.io/team/app:1',
        configDigest: image.images[0]?.config.digest,
      });
      expect(await layerBodies(resolved)).toHaveLength(1);
    },
  );

  it('reads an oci-archive by its index.json', async () => {
    const image = await buildImage();
    await using archive = openArchive(await archiveFile(await buildOciArchive([{ image, tag: '1' }])));
    expect(await archive.resolve('1')).toMatchObject({ reference: 'image:1', digest: image.root.digest });
    expect((await archive.content('1')).root.digest).toBe(image.root.digest);
  });

  it('says what either form has to who names something else', async () => {
    await using archive = openArchive(await archiveFile(await buildTar([{ path: 'a' }])));
    await expect(archive.resolve(undefined)).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('neither manifest.json nor index.json'),
    });
  });
});
