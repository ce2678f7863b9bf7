import type { StreamedLayer } from '@falcon-iar/oci-registry';
import { LayerError } from './layer-error.ts';
import { readLayer } from './read-layer.ts';
import type { ReadLayersOptions } from './read-layers.ts';
import type { ScannableImage } from './scannable-image.ts';

/** An archive that passes once, and tells at its end which image it holds. */
export interface PassingArchive {
  layers(): AsyncIterable<StreamedLayer>;
  image(): Promise<ScannableImage>;
}

/**
 * Reads everything that may be a layer as it passes, into the memory of layers; what the image does not name is of no use
 * and does no harm. The image that comes back finds all of its layers there.
 *
 * @throws LayerError when the content of one of its layers cannot be read; the errors of the archive; the signal's reason
 */
export async function readPassingLayers(archive: PassingArchive, options: ReadLayersOptions): Promise<ScannableImage> {
  const { memory } = options.layers;
  const failures = new Map<string, LayerError>();
  for await (const layer of archive.layers()) {
    const { mediaType, name, claimedDigest = name } = layer;
    const blob = { mediaType, digest: claimedDigest, open: layer.open.bind(layer) };
    try {
      const record = await readLayer(-1, blob, options);
      memory.put(await layer.digest(), record);
    } catch (error) {
      if (!(error instanceof LayerError)) throw error;
      // It may belong to another image of the archive, or to none.
      failures.set(await layer.digest(), error);
    }
  }
  const image = await archive.image();
  for (const { digest, index } of image.layers) {
    const failure = failures.get(digest);
    if (failure !== undefined) throw new LayerError(index, digest, failure.cause);
  }
  return { ...image, hasPassed: true };
}
