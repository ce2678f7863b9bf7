import { ExtractError, indexLayer } from '@falcon-iar/layer-extract';
import { type AnalyzeOptions, analyzeLayer } from '@falcon-iar/sbom';
import { type LayerContent, walkContent } from './layer-content.ts';
import { LayerError } from './layer-error.ts';
import type { LayerRecord } from './layer-record.ts';

/** How a layer is read. */
export interface ReadLayerOptions {
  readonly analyze: AnalyzeOptions;
  /** Told of the bytes of layers as they are read. */
  readonly onProgress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads one layer from its start to its end.
 *
 * @param position - Index of the layer, 0 = lowest, for the error.
 * @throws LayerError when its content cannot be read; the errors of its source; the signal's reason
 */
export async function readLayer(
  position: number,
  layer: LayerContent & { readonly digest: string },
  { analyze, onProgress, signal }: ReadLayerOptions,
): Promise<LayerRecord> {
  signal.throwIfAborted();
  let size = 0;
  const onBytes = (bytes: number): void => {
    size += bytes;
    onProgress(bytes);
  };
  const { events, index } = indexLayer(walkContent(layer, { signal, onBytes }));
  try {
    const facts = await analyzeLayer(events, { ...analyze, signal });
    return { index: index(), facts, size };
  } catch (error) {
    throw error instanceof ExtractError ? new LayerError(position, layer.digest, error) : error;
  }
}
