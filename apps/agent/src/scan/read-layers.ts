import { ExtractError, indexLayer, type LayerBlob, type LayerIndex, walkLayer } from '@falcon-iar/layer-extract';
import {
  type AnalyzeOptions,
  analyzeLayer,
  type ImageSubject,
  type LayerFacts,
  type SubjectLayer,
} from '@falcon-iar/sbom';
import pLimit from 'p-limit';
import { LayerError } from './layer-error.ts';
import type { PassingLayer, ScannableImage } from './scannable-image.ts';

/** What is kept of a layer once it was read: small, and the same in every image that has the layer. */
export interface LayerRecord {
  readonly index: LayerIndex;
  readonly facts: LayerFacts;
}

/** How layers are read. */
export interface ReadLayersOptions {
  readonly analyze: AnalyzeOptions;
  /** Layers read at the same time, where the source allows it. */
  readonly layersAtOnce: number;
  /** Told of the bytes of layers as they are read. */
  readonly onProgress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** The records of an image's layers, lowest first, and the image with all that reading it told. */
export interface ReadImage {
  readonly subject: ImageSubject;
  readonly records: readonly LayerRecord[];
}

/**
 * Reads each distinct layer of an image once.
 *
 * @throws LayerError when a layer's content cannot be read; the errors of the image's source; the signal's reason
 */
export async function readLayers(image: ScannableImage, options: ReadLayersOptions): Promise<ReadImage> {
  return image.exportLayers === undefined
    ? { subject: image, records: await openLayers(image, options) }
    : readExport(image, options);
}

async function openLayers(image: ScannableImage, options: ReadLayersOptions): Promise<LayerRecord[]> {
  // When one layer fails the others stop: their work would be thrown away.
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const limit = pLimit(options.layersAtOnce);
  const byDigest = new Map<string, Promise<LayerRecord>>();
  const records = image.layers.map((layer) => {
    const known = byDigest.get(layer.digest);
    if (known !== undefined) return known;
    const record = limit(() => readLayer(layer.index, layer, { ...options, signal }));
    byDigest.set(layer.digest, record);
    return record;
  });
  try {
    return await Promise.all(records);
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(records);
    throw error;
  }
}

/** A runtime's export brings all layers in one pass, and with them what the runtime does not tell before. */
async function readExport(image: ScannableImage, options: ReadLayersOptions): Promise<ReadImage> {
  let config = image.config;
  const byDiffId = new Map<string, { record: LayerRecord; layer: SubjectLayer }>();
  const onConfig = (stored: object): void => {
    config = stored;
  };
  const passing = image.exportLayers?.({ signal: options.signal, onConfig }) ?? [];
  for await (const layer of passing) {
    const { diffId, digest, mediaType, size } = layer;
    const index = image.layers.findIndex((candidate) => candidate.diffId === diffId);
    const record = await readLayer(index, { ...layer, open: () => layer.stream }, options);
    byDiffId.set(diffId, { record, layer: { diffId, digest, mediaType, size } });
  }
  const read = image.layers.map(({ diffId, index }) => {
    const found = diffId === undefined ? undefined : byDiffId.get(diffId);
    if (found === undefined) throw new Error(`the export ended without layer ${index}`);
    return found;
  });
  return {
    subject: { ...image, config, layers: read.map(({ layer }) => layer) },
    records: read.map(({ record }) => record),
  };
}

async function readLayer(
  position: number,
  layer: LayerBlob & Pick<PassingLayer, 'digest'>,
  { analyze, onProgress, signal }: ReadLayersOptions,
): Promise<LayerRecord> {
  signal.throwIfAborted();
  const { events, index } = indexLayer(walkLayer(withProgress(layer, onProgress), { signal }));
  try {
    const facts = await analyzeLayer(events, { ...analyze, signal });
    return { index: index(), facts };
  } catch (error) {
    throw error instanceof ExtractError ? new LayerError(position, layer.digest, error) : error;
  }
}

function withProgress(layer: LayerBlob, onProgress: (bytes: number) => void): LayerBlob {
  return {
    mediaType: layer.mediaType,
    async *open(options) {
      for await (const chunk of layer.open(options)) {
        onProgress(chunk.byteLength);
        yield chunk;
      }
    },
  };
}
