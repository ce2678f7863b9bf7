import { type ExtractLimits, extractLimits } from '../../extract-limits.ts';

const MiB = 1024 * 1024;

/** Bounds on what reading a containers/storage folder may cost. Passing one is `LIMIT_EXCEEDED`. */
export interface StorageLimits
  extends Pick<ExtractLimits, 'entries' | 'pathBytes' | 'pathDepth' | 'totalBytes' | 'ratio' | 'ratioFloorBytes'> {
  /** Bytes of `layers.json`. */
  readonly recordBytes: number;
  /** Bytes of one line of a tar-split file: a header, or the padding at the end of an archive, in base64. */
  readonly lineBytes: number;
}

/** The limits that hold where none are given. */
export const storageLimits: StorageLimits = Object.freeze({
  entries: extractLimits.entries,
  pathBytes: extractLimits.pathBytes,
  pathDepth: extractLimits.pathDepth,
  totalBytes: extractLimits.totalBytes,
  ratio: extractLimits.ratio,
  ratioFloorBytes: extractLimits.ratioFloorBytes,
  // A node has some hundred layers of about 1 KiB each.
  recordBytes: 32 * MiB,
  lineBytes: 16 * MiB,
});
