import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Descriptor, type LayerSource, writeBlob, writeLayerBlob, writeLayoutIndex } from './oci-layout.ts';
import { blobOf } from './small-image.ts';

/** An image in an OCI layout with the tag `latest`. */
export interface LayoutImage {
  readonly layout: string;
  readonly manifestDigest: string;
  readonly configDigest: string;
  /** Digests of the layers as they are stored, base first. */
  readonly layerDigests: readonly string[];
}

/** What a derived image has other than the one it comes from. */
export interface Derivation {
  /** Layers that are kept, from the base; all of them when absent. */
  readonly keep?: number;
  /** A layer on top of them. */
  readonly add?: LayerSource;
  /** Members of the config's `config`. */
  readonly run?: Readonly<Record<string, unknown>>;
}

interface Manifest {
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface Config {
  readonly created: string;
  readonly config: object;
  readonly rootfs: { readonly diff_ids: readonly string[] };
  readonly history: readonly { readonly empty_layer?: boolean }[];
}

/** Tells the digests of the only image of a layout. */
export async function layoutImage(layout: string): Promise<LayoutImage> {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: [Descriptor] };
  const manifestDigest = index.manifests[0].digest;
  const { config, layers } = await document<Manifest>(layout, manifestDigest);
  return { layout, manifestDigest, configDigest: config.digest, layerDigests: layers.map(({ digest }) => digest) };
}

/** Writes an image that shares layers, byte for byte, with the one of another layout, into a folder that is not there. */
export async function deriveImage(from: string, directory: string, derivation: Derivation): Promise<LayoutImage> {
  const { manifestDigest } = await layoutImage(from);
  const manifest = await document<Manifest>(from, manifestDigest);
  const config = await document<Config>(from, manifest.config.digest);
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

async function document<T>(layout: string, digest: string): Promise<T> {
  return JSON.parse(await readFile(blobOf(layout, digest), 'utf8')) as T;
}
