import { fieldNumber } from './header-field.ts';
import { type SparseRun, sparseRuns } from './sparse-map.ts';

/** The part of a sparse map that one block holds (GNU tar manual, "Old GNU Format"). */
export interface SparseBlock {
  readonly runs: readonly SparseRun[];
  /** Whether another block of the map follows. */
  readonly continues: boolean;
}

/** What the header block of a sparse file in GNU's old format says of it. */
export interface SparseHeader extends SparseBlock {
  /** Bytes of the file, its holes included. */
  readonly size: number;
}

/** A number takes 12 bytes: of each run first its offset, then its length. */
const numberLength = 12;
const inHeader = { start: 386, end: 482, continuesAt: 482 } as const;
const inExtension = { start: 0, end: 504, continuesAt: 504 } as const;
const realSize = [483, 495] as const;

/** @returns a sentence on what is wrong where the map is none */
export function parseSparseHeader(block: Buffer): SparseHeader | string {
  const size = fieldNumber(block, realSize);
  if (size === undefined || size < 0) return 'a sparse file with a size that is no number';
  const map = parseBlock(block, inHeader);
  return typeof map === 'string' ? map : { ...map, size };
}

/** Reads a block that continues the map of a header. @returns a sentence on what is wrong where it does not */
export function parseSparseExtension(block: Buffer): SparseBlock | string {
  return parseBlock(block, inExtension);
}

function parseBlock(
  block: Buffer,
  { start, end, continuesAt }: { start: number; end: number; continuesAt: number },
): SparseBlock | string {
  const numbers: number[] = [];
  // The first place that is not used begins with NUL.
  for (let at = start; at < end && block[at] !== 0; at += 2 * numberLength) {
    const offset = fieldNumber(block, [at, at + numberLength]);
    const length = fieldNumber(block, [at + numberLength, at + 2 * numberLength]);
    if (offset === undefined || length === undefined) return 'a sparse map with something that is no number';
    numbers.push(offset, length);
  }
  return { runs: sparseRuns(numbers), continues: block[continuesAt] !== 0 };
}
