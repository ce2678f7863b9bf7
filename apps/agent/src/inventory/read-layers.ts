import type { ImageSubject, SubjectLayer } from '@falcon-iar/sbom';
import pLimit from 'p-limit';
import type { LayerRecord } from './layer-record.ts';
import { layerWithTable, obtainByTable } from './read-by-table.ts';
import { type ReadLayerOptions, readLayer } from './read-layer.ts';
import type { PassingLayer, ScannableImage, ScannableLayer } from './scannable-image.ts';
import type { SeekableMode } from './seekable-mode.ts';
import type { ObtainedRecord, SharedLayers } from './shared-layers.ts';

/** How layers are read. */
export interface ReadLayersOptions extends ReadLayerOptions {
  readonly layers: SharedLayers;
  /** Layers read at the same time, where the source allows it. */
  readonly layersAtOnce: number;
  /** How layers are read that have a table of contents. Default `off`. */
  readonly seekable?: SeekableMode;
  /** Told of each distinct layer: whether it was read now, and its bytes. */
  readonly onLayer: (layer: { readonly wasRead: boolean; readonly bytes: number }) => void;
}

/** The records of an image's layers, lowest first, and the image with all that reading it told. */
export interface ReadImage {
  readonly subject: ImageSubject;
  readonly records: readonly LayerRecord[];
}

/**
 * The record of each distinct layer of an image; those that were read before are not read again.
 *
 * @throws LayerError when a layer's content cannot be read; the errors of the image's source; the signal's reason
 */
export async function readLayers(image: ScannableImage, options: ReadLayersOptions): Promise<ReadImage> {
  return isExported(image) ? readExport(image, options) : { subject: image, records: await openLayers(image, options) };
}

type ExportedImage = ScannableImage & Required<Pick<ScannableImage, 'exportLayers'>>;

function isExported(image: ScannableImage): image is ExportedImage {
  return image.exportLayers !== undefined;
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
    const record = limit(() => obtainLayer(image, layer, { ...options, signal }));
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

async function obtainLayer(
  image: ScannableImage,
  layer: ScannableLayer,
  options: ReadLayersOptions,
): Promise<LayerRecord> {
  const { record, wasRead } = (await obtainSeekable(image, layer, options)) ?? (await obtainWhole(layer, options));
  options.onLayer({ wasRead, bytes: record.size });
  return record;
}

async function obtainSeekable(
  image: ScannableImage,
  layer: ScannableLayer,
  options: ReadLayersOptions,
): Promise<ObtainedRecord | undefined> {
  const { seekable = 'off' } = options;
  if (seekable === 'off') return undefined;
  const annotated = layerWithTable(image, layer);
  return annotated && obtainByTable(annotated, seekable, options);
}

function obtainWhole(layer: ScannableLayer, options: ReadLayersOptions): Promise<ObtainedRecord> {
  const read = (signal: AbortSignal) => readLayer(layer.index, layer, { ...options, signal });
  return options.layers.obtain(layer.digest, read, options.signal);
}

/**
 * A runtime's export brings all layers in one pass, and with them what the runtime does not tell before. There is none
 * where every layer was read before; then the config is as the runtime tells it, unless its original was seen too.
 */
async function readExport(image: ExportedImage, options: ReadLayersOptions): Promise<ReadImage> {
  const { memory } = options.layers;
  const records = new Map<string, LayerRecord>();
  const missing = new Set<string>();
  for (const { digest } of image.layers) {
    const kept = records.has(digest) ? undefined : memory.get(digest);
    if (kept !== undefined) {
      records.set(digest, kept);
      options.onLayer({ wasRead: false, bytes: kept.size });
    } else if (!records.has(digest)) missing.add(digest);
  }
  for await (const layer of missing.size > 0 ? wantedOf(image, missing, options) : []) {
    const index = image.layers.findIndex(({ digest }) => digest === layer.digest);
    const record = await readLayer(index, { ...layer, open: () => layer.stream }, options);
    memory.put(layer.digest, record);
    records.set(layer.digest, record);
    options.onLayer({ wasRead: true, bytes: record.size });
  }
  const inOrder = image.layers.map(({ digest, index }) => {
    const record = records.get(digest);
    if (record === undefined) throw new Error(`the export ended without layer ${index}`);
    return record;
  });
  const layers = image.layers.map((layer, position): SubjectLayer => {
    const { digest, mediaType, diffId } = layer;
    return { digest, mediaType, size: inOrder[position]?.size ?? layer.size, ...(diffId !== undefined && { diffId }) };
  });
  const config = memory.getConfig(image.configDigest) ?? image.config;
  return { subject: { ...image, config, layers }, records: inOrder };
}

function wantedOf(
  image: ExportedImage,
  wanted: ReadonlySet<string>,
  { layers: { memory }, signal }: ReadLayersOptions,
): AsyncIterable<PassingLayer> {
  const onConfig = (config: object): void => memory.putConfig(image.configDigest, config);
  const wantsConfig = memory.getConfig(image.configDigest) === undefined;
  return image.exportLayers({ wanted, signal, ...(wantsConfig && { onConfig }) });
}
