import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { blobOf, type ImageManifest, type LayoutImage, layoutImage, readDocument } from './layout-image.ts';
import { type LayerSource, writeBlob, writeLayerBlob, writeLayoutIndex } from './oci-layout.ts';

/** What a derived image has other than the one it comes from. */
export interface Derivation {
  /** Layers that are kept, from the base; all of them when absent. */
  readonly keep?: number;
  /** A layer on top of them. */
  readonly add?: LayerSource;
  /** Members of the config's `config`. */
  readonly run?: Readonly<Record<string, unknown>>;
}

interface ImageConfig {
  readonly created: string;
  readonly config: object;
  readonly rootfs: { readonly diff_ids: readonly string[] };
  readonly history: readonly { readonly empty_layer?: boolean }[];
}

/** Writes an image that shares layers, byte for byte, with the one of another layout, into a folder that is not there. */
export async function deriveImage(from: string, directory: string, derivation: Derivation): Promise<LayoutImage> {
  const { manifestDigest } = await layoutImage(from);
  const manifest = await readDocument<ImageManifest>(from, manifestDigest);
  const config = await readDocument<ImageConfig>(from, manifest.config.digest);
  const { keep = manifest.layers.length, add, run } = derivation;
  const layers = manifest.layers.slice(0, keep);
  const diffIds = config.rootfs.diff_ids.slice(0, keep);
  const history: unknown[] = config.history.filter((step) => step.empty_layer !== true).slice(0, keep);
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  for (const { digest } of layers) await copyFile(blobOf(from, digest), blobOf(directory, digest));
  if (add !== undefined) {
    const blob = await writeLayerBlob(directory, add.tar, 'gzip');
    layers.push(blob.descriptor);
    diffIds.push(blob.diffId);
    history.push({ created: config.created, created_by: add.createdBy });
  }
  const changed = {
    ...config,
    config: { ...config.config, ...run },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: [...history, { created: config.created, created_by: 'CMD', empty_layer: true }],
  };
  const newConfig = await writeBlob(directory, changed, manifest.config.mediaType);
  const newManifest = await writeBlob(directory, { ...manifest, config: newConfig, layers }, manifest.mediaType);
  await writeLayoutIndex(directory, 'latest', newManifest);
  return await layoutImage(directory);
}
