import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { readDocument } from './layout-image.ts';
import { writeOciLayout } from './oci-layout.ts';

/** A small image on disk. */
export interface SmallImage {
  /** OCI image layout with the tag `latest`. */
  readonly layout: string;
  /** The image's only manifest, parsed. */
  readonly manifest: SmallManifest;
  readonly manifestDigest: string;
}

/** The parts of an image manifest (image-spec) that tests look at. */
export interface SmallManifest {
  readonly mediaType: string;
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly mediaType: string; readonly digest: string; readonly size: number }[];
}

/** Writes an image of one gzip layer with these files, into a folder that does not exist yet. */
export async function writeSmallImage(directory: string, files: Readonly<Record<string, string>>): Promise<SmallImage> {
  await mkdir(directory, { recursive: true });
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name, mtime: new Date(0) }, content);
  tar.finalize();
  const layer = join(directory, 'layer.tar');
  await pipeline(tar, createWriteStream(layer));
  const layout = join(directory, 'layout');
  const manifestDigest = await writeOciLayout(layout, 'latest', [{ tar: layer, createdBy: 'COPY . /' }], 'gzip');
  return { layout, manifest: await readDocument(layout, manifestDigest), manifestDigest };
}
