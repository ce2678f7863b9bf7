import { decimalNumber } from './header-field.ts';
import type { PaxRecords } from './parse-pax.ts';
import { type SparseRun, sparseRuns } from './sparse-map.ts';

/** Where the map of a sparse file stands whose pax records say that it is one. */
export type PaxSparseFormat = 'in-records' | 'in-body';

/**
 * Whether, and in which of GNU tar's formats, pax records describe a sparse file: 0.0 and 0.1 have the map in the
 * records (the first of them often without its version), 1.0 in front of the content. A version that nobody knows
 * leaves the entry an ordinary file, as the reader does that runtimes use.
 */
export function paxSparseFormat(pax: PaxRecords | undefined): PaxSparseFormat | undefined {
  if (pax === undefined) return undefined;
  const major = pax.get('GNU.sparse.major') ?? '';
  const minor = pax.get('GNU.sparse.minor') ?? '';
  if (major === '' && minor === '') return pax.get('GNU.sparse.map') ? 'in-records' : undefined;
  if (major === '1' && minor === '0') return 'in-body';
  return major === '0' && (minor === '0' || minor === '1') ? 'in-records' : undefined;
}

/** Bytes of a sparse file with its holes. @returns undefined where that is no number */
export function paxSparseSize(pax: PaxRecords, held: number): number | undefined {
  const text = pax.get('GNU.sparse.size') || pax.get('GNU.sparse.realsize');
  return text ? decimalNumber(text) : held;
}

/** The runs of a map in the records. @returns undefined where it is none */
export function paxSparseRuns(pax: PaxRecords): readonly SparseRun[] | undefined {
  const text = pax.get('GNU.sparse.map') ?? '';
  const numbers: number[] = [];
  for (const part of text === '' ? [] : text.split(',')) {
    const value = decimalNumber(part);
    if (value === undefined) return undefined;
    numbers.push(value);
  }
  const count = decimalNumber(pax.get('GNU.sparse.numblocks') ?? '');
  return numbers.length === 2 * (count ?? -1) ? sparseRuns(numbers) : undefined;
}

/** Reads the map that stands in front of the content in format 1.0: decimal numbers, each on a line of its own. */
export class SparseMapText {
  readonly #numbers: number[] = [];
  #digits = '';

  /** The runs, once all of them were read. */
  get runs(): readonly SparseRun[] | undefined {
    const [count, ...numbers] = this.complete ? this.#numbers : [];
    return count === undefined ? undefined : sparseRuns(numbers);
  }

  /** Whether the map has ended; what follows in its last block is padding. */
  get complete(): boolean {
    const count = this.#numbers[0];
    return count !== undefined && this.#numbers.length === 1 + 2 * count;
  }

  /** Takes the next block. @returns false where it is no part of a map */
  add(block: Uint8Array): boolean {
    for (const byte of block) {
      if (byte !== 0x0a) {
        // Longer than any number: a hostile map must not grow one text.
        if (this.#digits.length > 20) return false;
        this.#digits += String.fromCharCode(byte);
        continue;
      }
      const value = decimalNumber(this.#digits);
      if (value === undefined) return false;
      this.#digits = '';
      this.#numbers.push(value);
      if (this.complete) return true;
    }
    return true;
  }
}
