import {
  ExtractError,
  indexLayer,
  type LayerBlob,
  type LayerIndex,
  mergeLayers,
  walkLayer,
} from '@falcon-iar/layer-extract';
import type { Image, ImageLayer } from '@falcon-iar/oci-registry';
import {
  analyzeLayer,
  answerNeeds,
  assembleInventory,
  type ByteBudget,
  type Cataloger,
  type Inventory,
  type LayerFacts,
  type NeedAnswer,
  type Scratch,
} from '@falcon-iar/sbom';
import pLimit from 'p-limit';
import { LayerError } from './layer-error.ts';

/** What is kept of a layer once it was read: small, and the same in every image that has the layer. */
export interface LayerRecord {
  readonly index: LayerIndex;
  readonly facts: LayerFacts;
}

/** What one image's inventory needs from the process around it. */
export interface InventoryImageOptions {
  readonly catalogers: readonly Cataloger[];
  readonly budget: ByteBudget;
  readonly scratch?: Scratch;
  /** Layers read at the same time. */
  readonly layersAtOnce: number;
  /** Told of the bytes of a layer's blob as they are read. */
  readonly onProgress?: (layer: ImageLayer, bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Links lead to links: the content behind one may show the next. More rounds than this is a trap. */
const maxNeedRounds = 3;

/**
 * The way from an image to its inventory: each distinct layer read once as a stream, then everything joined.
 *
 * @throws RegistryError, LayerError when a layer cannot be read to its verified end; the signal's reason
 */
export async function inventoryImage(image: Image, options: InventoryImageOptions): Promise<Inventory> {
  const records = await readLayers(image, options);
  const view = mergeLayers(
    records.map(({ index }) => index),
    { paths: records.map(({ facts }) => facts.paths.map(({ path }) => path)) },
  );
  const { catalogers } = options;
  const facts = records.map((record) => record.facts);
  const answers: NeedAnswer[] = [];
  for (let round = 0; ; round += 1) {
    const result = assembleInventory({ subject: image, view, facts, catalogers, answers });
    if (!Array.isArray(result)) return result;
    if (round === maxNeedRounds) throw new Error(`still unanswered after ${round} rounds: ${result[0]?.wantedAs}`);
    answers.push(...(await answerNeeds(result, { ...analyzeOptions(options), openLayer: layerOpener(image) })));
  }
}

async function readLayers(image: Image, options: InventoryImageOptions): Promise<LayerRecord[]> {
  // When one layer fails the others stop: their work would be thrown away.
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const limit = pLimit(options.layersAtOnce);
  const byDigest = new Map<string, Promise<LayerRecord>>();
  const records = image.layers.map((layer) => {
    const known = byDigest.get(layer.digest);
    if (known !== undefined) return known;
    const record = limit(() => readLayer(layer, { ...options, signal }));
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

async function readLayer(layer: ImageLayer, options: InventoryImageOptions): Promise<LayerRecord> {
  options.signal.throwIfAborted();
  const walk = walkLayer(withProgress(layer, options.onProgress), { signal: options.signal });
  const { events, index } = indexLayer(walk);
  try {
    const facts = await analyzeLayer(events, analyzeOptions(options));
    return { index: index(), facts };
  } catch (error) {
    throw error instanceof ExtractError ? new LayerError(layer, error) : error;
  }
}

function analyzeOptions({ catalogers, budget, scratch, signal }: InventoryImageOptions) {
  return { catalogers, budget, signal, ...(scratch && { scratch }) };
}

function layerOpener(image: Image) {
  return (index: number, { signal }: { signal: AbortSignal }) => {
    const layer = image.layers[index];
    if (layer === undefined) throw new RangeError(`the image has no layer ${index}`);
    return walkLayer(layer, { signal });
  };
}

function withProgress(layer: ImageLayer, onProgress: InventoryImageOptions['onProgress']): LayerBlob {
  if (onProgress === undefined) return layer;
  return {
    mediaType: layer.mediaType,
    async *open(options) {
      for await (const chunk of layer.open(options)) {
        onProgress(layer, chunk.byteLength);
        yield chunk;
      }
    },
  };
}
