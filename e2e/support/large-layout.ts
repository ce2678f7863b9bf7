import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeBlob, writeLayoutIndex } from './oci-layout.ts';

/** Writes a layout, tag `1`, whose only layer is of random bytes: no tar, for tests that only carry it about. */
export async function writeLargeLayout(directory: string, megabytes: number): Promise<void> {
  const blobs = join(directory, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const hash = createHash('sha256');
  const partial = join(directory, 'partial');
  const content = function* (): Generator<Buffer> {
    for (let count = 0; count < megabytes; count++) {
      const chunk = randomBytes(1 << 20);
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(content, createWriteStream(partial));
  const hex = hash.digest('hex');
  await rename(partial, join(blobs, hex));
  const layer = { digest: `sha256:${hex}`, size: megabytes << 20, mediaType: 'application/vnd.oci.image.layer.v1.tar' };
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = await writeBlob(
    directory,
    { os: 'linux', architecture: 'amd64', rootfs },
    'application/vnd.oci.image.config.v1+json',
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  await writeLayoutIndex(
    directory,
    '1',
    await writeBlob(directory, { schemaVersion: 2, mediaType, config, layers: [layer] }, mediaType),
  );
}
