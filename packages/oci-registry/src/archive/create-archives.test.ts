import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDockerArchive } from '../archive/create-docker-archive.ts';
import { createOciArchive } from '../archive/create-oci-archive.ts';
import { openDockerArchive } from '../archive/open-docker-archive.ts';
import { openOciArchive } from '../archive/open-oci-archive.ts';
import { platforms, readWhole, setUpCopy, severalPlatforms } from '../copy/copy-set-up.test-support.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';

describe('an archive that is copied to', () => {
  it('is the same for the same image', async () => {
    const { client, pushed, directory } = await setUpCopy(severalPlatforms);
    const paths = ['a.tar', 'b.tar'].map((name) => join(directory, name));
    for (const path of paths) {
      await client.copy(pushed.reference, { target: createOciArchive(path), name: '1' }, { concurrency: 1 });
    }
    const [a, b] = await Promise.all(paths.map((path) => readFile(path)));
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
  });

  it('takes the place of one that is there only when it is whole', async () => {
    const { registry, client, pushed, directory } = await setUpCopy();
    const path = join(directory, 'image.tar');
    await writeFile(path, 'before');
    registry.addFault({ on: 'blob', fault: { kind: 'status', status: 404 } });
    await failureOf(client.copy(pushed.reference, { target: createOciArchive(path) }));
    expect(await readFile(path, 'utf8')).toBe('before');
    registry.clearFaults();
    await client.copy(pushed.reference, { target: createOciArchive(path) });
    expect((await untilTestEnds(openOciArchive(path)).resolve(undefined)).digest).toBe(pushed.digest);
  });

  it('is refused where no file can be written', async () => {
    const { client, pushed, directory } = await setUpCopy();
    const target = createOciArchive(join(directory, 'absent', 'image.tar'));
    expect(await failureOf(client.copy(pushed.reference, { target }))).toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('for Docker has no zstd layers, unless they are wanted', async () => {
    const { client, pushed, directory } = await setUpCopy({ layers: [{ compression: 'zstd' }] });
    const path = join(directory, 'image.tar');
    const refused = client.copy(pushed.reference, { target: createDockerArchive(path) });
    expect(await failureOf(refused)).toMatchObject({ code: 'UNSUPPORTED', hint: expect.stringContaining('keep') });
    expect(await readdir(directory)).toEqual([]);
    const target = createDockerArchive(path, { zstdLayers: 'keep' });
    expect(await client.copy(pushed.reference, { target })).toMatchObject({ identical: true });
    expect(await readWhole(await untilTestEnds(openDockerArchive(path)).resolve(undefined))).toBeGreaterThan(0);
  });

  it('for Docker describes the platform that is wanted, and images only', async () => {
    const { registry, client, pushed, directory } = await setUpCopy(severalPlatforms);
    const path = join(directory, 'image.tar');
    const target = createDockerArchive(path, { platform: platforms[2] });
    await client.copy(pushed.reference, { target, name: 'registry.example.com/team/app:1' });
    const tar = await readFile(path);
    const config = pushed.images[2]?.config.digest.replace('sha256:', 'blobs/sha256/');
    expect(
      tar.includes(`[{"Config":"${config}","RepoTags":["registry.example.com/team/app:1"],"Layers":["blobs/`),
    ).toBe(true);
    const helm = {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
      digest: registry.pushBlob('charts', Buffer.from('{}')),
      size: 2,
    };
    const chart = await registry.push('charts', '1', { layers: [], manifest: { config: helm } });
    expect(await failureOf(client.copy(chart.reference, { target }))).toMatchObject({ code: 'NOT_AN_IMAGE' });
  });
});
