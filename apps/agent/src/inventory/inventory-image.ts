import { indexLayer, mergeLayers } from '@falcon-iar/layer-extract';
import {
  type AnalyzeOptions,
  answerNeeds,
  assembleInventory,
  type ByteBudget,
  type Cataloger,
  type CatalogerNeed,
  type Inventory,
  type Isolation,
  type NeedAnswer,
  type Scratch,
} from '@falcon-iar/sbom';
import { walkContent } from './layer-content.ts';
import type { LayerRecord } from './layer-record.ts';
import { type ReadLayersOptions, readLayers } from './read-layers.ts';
import type { ScannableImage } from './scannable-image.ts';
import type { SharedLayers } from './shared-layers.ts';

/** What one image's inventory needs from the process around it. */
export interface InventoryImageOptions {
  readonly catalogers: readonly Cataloger[];
  readonly budget: ByteBudget;
  readonly scratch?: Scratch;
  /** Where files are read that could take long. Default: here, without a deadline. */
  readonly isolation?: Isolation;
  /** The layers that were read for other images. */
  readonly layers: SharedLayers;
  /** Layers read at the same time. */
  readonly layersAtOnce: number;
  /** How layers are read that have a table of contents. Default `off`. */
  readonly seekable?: ReadLayersOptions['seekable'];
  /** Told of the bytes of layers as they are read. */
  readonly onProgress?: ReadLayersOptions['onProgress'];
  /** Told of each distinct layer: whether it was read now, and its bytes. */
  readonly onLayer?: ReadLayersOptions['onLayer'];
  readonly signal: AbortSignal;
}

/** Links lead to links: the content behind one may show the next. More rounds than this is a trap. */
const maxNeedRounds = 3;

/**
 * The way from an image to its inventory: each distinct layer read once as a stream, then everything joined.
 *
 * @throws LayerError when a layer's content cannot be read; the errors of the image's source; the signal's reason
 */
export async function inventoryImage(image: ScannableImage, options: InventoryImageOptions): Promise<Inventory> {
  const { catalogers, budget, scratch, isolation, layers, layersAtOnce, signal } = options;
  const { onProgress = () => undefined, onLayer = () => undefined, seekable = 'off' } = options;
  const host = { ...(scratch && { scratch }), ...(isolation && { isolation }) };
  const analyze: AnalyzeOptions = { catalogers, budget, signal, ...host };
  const reading = { analyze, layers, layersAtOnce, seekable, onProgress, onLayer, signal };
  const { subject, records } = await readLayers(image, reading);
  const view = mergeLayers(
    records.map(({ index }) => index),
    { paths: records.map(({ facts }) => facts.paths.map(({ path }) => path)) },
  );
  const facts = records.map((record) => record.facts);
  const answers: NeedAnswer[] = [];
  for (let round = 0; ; round += 1) {
    const result = assembleInventory({ subject, view, facts, catalogers, answers });
    if (!Array.isArray(result)) return withWitnesses(result, records);
    if (round === maxNeedRounds) throw new Error(`still unanswered after ${round} rounds: ${result[0]?.wantedAs}`);
    const isAnswerable = image.hasPassed !== true;
    answers.push(
      ...(isAnswerable
        ? await answerNeeds(result, { ...analyze, openLayer: layerOpener(image) })
        : result.map(passedBy)),
    );
  }
}

/** Says of each layer whether only its table of contents was believed; of the others there is nothing to say. */
function withWitnesses(inventory: Inventory, records: readonly LayerRecord[]): Inventory {
  if (records.every(({ factsFrom }) => factsFrom === undefined)) return inventory;
  const layers = inventory.layers.map((layer, position) => {
    const factsFrom = records[position]?.factsFrom;
    return factsFrom === undefined ? layer : { ...layer, factsFrom };
  });
  return { ...inventory, layers };
}

/** The answer to who would have to look at a layer of a stream a second time. */
function passedBy(need: CatalogerNeed): NeedAnswer {
  const { cataloger, wantedAs } = need;
  const reason = 'it is a link to content that has passed by in the stream; scan the archive as a file to have it';
  return { need, facts: undefined, problems: [{ cataloger, path: wantedAs, code: 'link', reason }] };
}

function layerOpener(image: ScannableImage) {
  return (index: number, { signal }: { signal: AbortSignal }) => {
    const layer = image.layers[index];
    if (layer === undefined) throw new RangeError(`the image has no layer ${index}`);
    // The first pass told paths where entries land; so must this one.
    return indexLayer(walkContent(layer, { signal, onBytes: () => undefined })).events;
  };
}
