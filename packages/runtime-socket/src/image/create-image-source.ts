import { RuntimeError } from '../runtime-error.ts';
import type { ExportedLayer, ExportOptions, Image, ImageLayer, ImageSource, ResolveOptions } from './image.ts';

type Find = (reference: string, options: ResolveOptions) => Promise<Image>;

/** Makes a source of a function that finds images; closing it ends all that is read through it. */
export function createImageSource(find: Find): ImageSource {
  const closing = new AbortController();
  const close = async (): Promise<void> => {
    closing.abort(new RuntimeError('CLOSED', 'image source: it was closed'));
  };
  const bind = <T extends { readonly signal?: AbortSignal | undefined }>(options: T | undefined): T => {
    const { signal } = closing;
    return { ...options, signal: options?.signal ? AbortSignal.any([options.signal, signal]) : signal } as T;
  };
  const bindLayer = (layer: ImageLayer): ImageLayer => ({ ...layer, open: (options) => layer.open(bind(options)) });
  return {
    async resolve(reference, options) {
      const bound = bind(options);
      bound.signal?.throwIfAborted();
      if (!reference) throw new RuntimeError('IMAGE_UNKNOWN', 'image source: no reference was given');
      const image = await find(reference, bound);
      const exportLayers = (exporting?: ExportOptions): AsyncIterable<ExportedLayer> =>
        image.exportLayers(bind(exporting));
      return { ...image, layers: image.layers.map(bindLayer), exportLayers };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
