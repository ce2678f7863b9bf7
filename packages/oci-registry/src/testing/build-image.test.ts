import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openOciLayout } from '../layout/open-oci-layout.ts';
import { digestOf } from '../reference/digest.ts';
import { buildImage } from './build-image.ts';
import { buildTar } from './tar.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';
import { writeOciLayout } from './write-oci-layout.ts';

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'oci-registry-'));
  untilTestEnds({ [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) });
  return path;
}

describe('an image that is built', () => {
  it('has digests that are true, of the layers inside and out', async () => {
    const entries = [
      { path: 'bin/', type: 'directory' as const },
      { path: 'bin/sh', content: '#!', mode: 0o755 },
      { path: 'bin/ash', type: 'symlink' as const, target: 'sh' },
    ];
    const compressions = ['gzip', 'zstd', 'none'] as const;
    const built = await buildImage({ layers: compressions.map((compression) => ({ entries, compression })) });
    const { layers = [], config } = built.images[0] ?? {};
    const tar = await buildTar(entries);
    const [gzip, zstd, none] = layers.map(({ bytes }) => bytes);
    expect(gunzipSync(gzip ?? '')).toEqual(tar);
    expect(zstdDecompressSync(zstd ?? '')).toEqual(tar);
    expect(none).toEqual(tar);
    for (const { bytes, digest, size } of [...built.blobs, ...built.manifests]) {
      expect([digestOf(bytes), bytes.length]).toEqual([digest, size]);
    }
    const { rootfs } = JSON.parse(Buffer.from(config?.bytes ?? '').toString()) as { rootfs: { diff_ids: string[] } };
    expect(rootfs.diff_ids).toEqual([digestOf(tar), digestOf(tar), digestOf(tar)]);
  });

  it('is the same for the same words', async () => {
    const spec = { images: [{}, { platform: { os: 'linux', architecture: 'arm64' } }], attestations: true };
    expect((await buildImage(spec)).root.digest).toBe((await buildImage(spec)).root.digest);
  });

  it('can be written as an OCI layout', async () => {
    const image = await buildImage({ format: 'docker' });
    const folder = await temporaryFolder();
    await writeOciLayout(folder, [{ image, tag: '1.0' }]);
    await using layout = openOciLayout(folder);
    expect((await layout.resolve('1.0')).digest).toBe(image.root.digest);
    expect(JSON.parse(await readFile(join(folder, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
  });
});
