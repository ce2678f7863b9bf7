import { RegistryError } from '../error.ts';
import { checkRange, rangeOf } from './byte-range.ts';
import type { ContentStore } from './content-store.ts';
import type { Descriptor } from './descriptor.ts';
import { embeddedContent } from './embedded-content.ts';
import type { ImageLayer, ReadOptions } from './image.ts';
import { isForeignLayerType } from './media-types.ts';
import { oneChunk } from './one-chunk.ts';
import { verifyContent } from './verify-content.ts';

/** Foreign layers need not be stored beside the image (image-spec, layer.md "Non-Distributable Layers"). */
function isForeign(descriptor: Descriptor): boolean {
  return isForeignLayerType(descriptor.mediaType) || (descriptor.urls?.length ?? 0) > 0;
}

async function* explainForeign(
  source: AsyncIterable<Uint8Array>,
  where: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* source;
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'BLOB_UNKNOWN') throw error;
    throw new RegistryError('LAYER_UNAVAILABLE', `${where}: a foreign layer that is not stored here`, {
      status: error.status,
      hint: 'read the image from a registry that holds it, or push it with its foreign layers (allow-nondistributable-artifacts)',
      cause: error,
    });
  }
}

/** Makes the layer of a descriptor in a store. */
export function createLayer(
  store: ContentStore,
  descriptor: Descriptor,
  index: number,
  diffId: string | undefined,
): ImageLayer {
  const { digest, mediaType, size } = descriptor;
  const where = `${store.name}: layer ${index} ${digest}`;
  return {
    index,
    digest,
    mediaType,
    size,
    ...(diffId !== undefined && { diffId }),
    open(options: ReadOptions = {}) {
      const embedded = embeddedContent(descriptor);
      if (embedded !== undefined) return oneChunk(embedded, options.signal);
      const verified = verifyContent(store.openBlob(descriptor, options), descriptor, where);
      return isForeign(descriptor) ? explainForeign(verified, where) : verified;
    },
    openRange(range, options: ReadOptions = {}) {
      checkRange(range, size, where);
      const embedded = embeddedContent(descriptor);
      if (embedded !== undefined) return oneChunk(embedded.subarray(range.start, range.end), options.signal);
      const part = store.openRange?.(descriptor, range, options) ?? rangeOf(store.openBlob(descriptor, options), range);
      return isForeign(descriptor) ? explainForeign(part, where) : part;
    },
  };
}
