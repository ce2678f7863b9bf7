import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor } from './oci-layout.ts';

/** An image in an OCI layout with the tag `latest`. */
export interface LayoutImage {
  readonly layout: string;
  readonly manifestDigest: string;
  readonly configDigest: string;
  /** Digests of the layers as they are stored, base first. */
  readonly layerDigests: readonly string[];
}

/** An image manifest (image-spec), as far as it is looked at. */
export interface ImageManifest {
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Tells the digests of the only image of a layout. */
export async function layoutImage(layout: string): Promise<LayoutImage> {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: [Descriptor] };
  const manifestDigest = index.manifests[0].digest;
  const { config, layers } = await readDocument<ImageManifest>(layout, manifestDigest);
  return { layout, manifestDigest, configDigest: config.digest, layerDigests: layers.map(({ digest }) => digest) };
}

/** Reads a manifest or config of a layout, unchecked. */
export async function readDocument<T>(layout: string, digest: string): Promise<T> {
  return JSON.parse(await readFile(blobOf(layout, digest), 'utf8')) as T;
}

/** The file of a blob in an OCI image layout. */
export function blobOf(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}
