import { decodeLayerIndex, encodeLayerIndex } from '@falcon-iar/layer-extract';
import { layerFactsVersion } from '@falcon-iar/sbom';
import type { LayerRecord } from '../inventory/layer-record.ts';
import { compress, compressJson, decompress, decompressJson } from './compressed.ts';

/** A layer's record as it is stored. */
export interface EncodedLayerRecord {
  readonly index: Uint8Array;
  /** All of the record but its index. */
  readonly document: Uint8Array;
}

/** The stored form of a record. {@link decodeLayerRecord} reads it. */
export function encodeLayerRecord({ index, ...rest }: LayerRecord): EncodedLayerRecord {
  return { index: compress(encodeLayerIndex(index)), document: compressJson(rest) };
}

/** @throws Error for what {@link encodeLayerRecord} did not make, or made in another version */
export function decodeLayerRecord({ index, document }: EncodedLayerRecord): LayerRecord {
  const rest = decompressJson(document) as Omit<LayerRecord, 'index'>;
  if (rest.facts.version !== layerFactsVersion) {
    throw new Error(`layer facts of version ${rest.facts.version}, not ${layerFactsVersion}`);
  }
  return { ...rest, index: decodeLayerIndex(decompress(index)) };
}
