import type { LayerBlob } from '@falcon-iar/layer-extract';
import { buildImage, type ImageSpec } from '@falcon-iar/oci-registry/testing';
import type { ScannableImage, ScannableLayer } from './scannable-image.ts';

/** An image in memory. */
export interface MemoryImage extends ScannableImage {
  readonly layers: readonly (ScannableLayer & LayerBlob)[];
  /** Digests of layers, one for each time that one was opened. */
  readonly opened: string[];
}

/** A layer with one file. */
export function layerWith(path: string, content = path): { entries: { path: string; content: string }[] } {
  return { entries: [{ path, content }] };
}

/**
 * An image that is read from memory.
 *
 * @param onOpen - Waited for whenever a layer is opened; may reject.
 */
export async function memoryImage(
  spec: ImageSpec = {},
  onOpen: (digest: string, signal: AbortSignal | undefined) => void | Promise<void> = () => undefined,
): Promise<MemoryImage> {
  const { images } = await buildImage(spec);
  const { manifest, config, layers, platform } = images[0]!;
  const opened: string[] = [];
  return {
    reference: 'registry.example.com/app:1',
    digest: manifest.digest,
    identity: 'manifest',
    configDigest: config.digest,
    platform,
    manifest: JSON.parse(Buffer.from(manifest.bytes).toString()),
    synthesized: false,
    config: JSON.parse(Buffer.from(config.bytes).toString()),
    layers: layers.map(({ digest, diffId, mediaType, size, bytes }, index) => ({
      ...{ index, digest, diffId, mediaType, size },
      async *open({ signal } = {}) {
        opened.push(digest);
        await onOpen(digest, signal);
        yield bytes;
      },
    })),
    opened,
  };
}

/** The same image as a runtime gives it that only knows exports: layers uncompressed, under their diffIDs. */
export async function exportedImage(
  spec: ImageSpec = {},
): Promise<ScannableImage & { readonly exports: readonly { wanted: string[]; wantsConfig: boolean }[] }> {
  const image = await memoryImage({
    ...spec,
    layers: spec.layers?.map((layer) => ({ ...layer, compression: 'none' })),
  });
  const exports: { wanted: string[]; wantsConfig: boolean }[] = [];
  return {
    ...image,
    // What a runtime tells before the export is less than what the config says.
    config: {},
    async *exportLayers({ wanted, onConfig }) {
      exports.push({ wanted: [...wanted], wantsConfig: onConfig !== undefined });
      const left = new Set(wanted);
      for (const layer of image.layers) {
        if (!left.delete(layer.digest)) continue;
        yield { ...layer, diffId: layer.digest, stream: layer.open() };
      }
      onConfig?.(image.config);
    },
    exports,
  };
}
