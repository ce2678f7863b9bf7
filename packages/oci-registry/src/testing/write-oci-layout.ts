import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ociIndexType } from '../image/media-types.ts';
import { parseDigest } from '../reference/digest.ts';
import type { BuiltImage } from './build-image.ts';

/** An image of a layout and what `index.json` says of it. */
export interface LayoutImage {
  readonly image: BuiltImage;
  /** Written as `org.opencontainers.image.ref.name`. */
  readonly tag?: string | undefined;
}

/** Writes images to a directory in OCI image layout. The directory is made where it does not exist. */
export async function writeOciLayout(directory: string, images: readonly LayoutImage[]): Promise<void> {
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  for (const { image } of images) {
    for (const { digest, bytes } of [...image.manifests, ...image.blobs]) {
      const { algorithm, hex } = parseDigest(digest);
      await writeFile(join(directory, 'blobs', algorithm, hex), bytes);
    }
  }
  const manifests = images.map(({ image: { root }, tag }) => ({
    mediaType: root.mediaType,
    digest: root.digest,
    size: root.size,
    ...(tag !== undefined && { annotations: { 'org.opencontainers.image.ref.name': tag } }),
  }));
  await writeFile(
    join(directory, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests }),
  );
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}
