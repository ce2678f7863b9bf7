import type { TarEntryType } from '../tar/tar-entry.ts';
import { isDigest } from './content-hash.ts';
import { tocError } from './toc-error.ts';

/** The fields of one row of a table of contents that are used (stargz-snapshotter, `docs/estargz.md`, "TOCEntry"). */
export interface TocRowFields {
  readonly name: string;
  readonly type: TarEntryType | 'chunk';
  readonly linkName: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly digest: string | undefined;
  readonly offset: number;
  readonly endOffset: number;
  readonly innerOffset: number;
  readonly chunkOffset: number;
  readonly chunkSize: number;
  readonly chunkDigest: string | undefined;
  readonly zeros: boolean;
}

const types: ReadonlyMap<unknown, TarEntryType | 'chunk'> = new Map([
  ['reg', 'file'],
  ['dir', 'directory'],
  ['symlink', 'symlink'],
  ['hardlink', 'hardlink'],
  ['char', 'special'],
  ['block', 'special'],
  ['fifo', 'special'],
  ['chunk', 'chunk'],
]);

/** Go writes times that were never set as the year 1. */
const neverSet = Date.parse('0001-01-01T00:00:00Z');

/** Checks the types and ranges of one row's fields. @throws ExtractError `TOC_INVALID` */
export function readTocRow(row: unknown, index: number): TocRowFields {
  if (typeof row !== 'object' || row === null) throw invalidRow(index, 'it is no object');
  const fields = new FieldReader(row as Readonly<Record<string, unknown>>, index);
  const name = fields.text('name');
  if (name === undefined) throw invalidRow(index, 'it has no name');
  return {
    name,
    type: types.get(fields.text('type')) ?? 'unknown',
    linkName: fields.text('linkName') ?? '',
    size: fields.count('size'),
    mode: fields.count('mode') & 0o7777,
    uid: fields.count('uid'),
    gid: fields.count('gid'),
    mtime: fields.seconds('modtime'),
    digest: fields.digest('digest'),
    offset: fields.count('offset'),
    endOffset: fields.count('endOffset'),
    innerOffset: fields.count('innerOffset'),
    chunkOffset: fields.count('chunkOffset'),
    chunkSize: fields.count('chunkSize'),
    chunkDigest: fields.digest('chunkDigest'),
    zeros: fields.text('chunkType') === 'zeros',
  };
}

/** @param what a sentence on what is wrong with the row */
export function invalidRow(index: number, what: string): Error {
  return tocError('TOC_INVALID', `table of contents, entry ${index}: ${what}`);
}

class FieldReader {
  readonly #row: Readonly<Record<string, unknown>>;
  readonly #index: number;

  constructor(row: Readonly<Record<string, unknown>>, index: number) {
    this.#row = row;
    this.#index = index;
  }

  text(key: string): string | undefined {
    const value = this.#row[key] ?? undefined;
    if (value !== undefined && typeof value !== 'string') throw invalidRow(this.#index, `${key} is no text`);
    return value;
  }

  count(key: string): number {
    const value = this.#row[key] ?? 0;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw invalidRow(this.#index, `${key} is no count`);
  }

  digest(key: string): string | undefined {
    const value = this.text(key);
    if (value === undefined || value === '') return undefined;
    if (!isDigest(value)) throw invalidRow(this.#index, `${key} is no digest`);
    return value;
  }

  seconds(key: string): number {
    const value = this.text(key);
    if (value === undefined || value === '') return 0;
    const time = Date.parse(value);
    if (Number.isNaN(time)) throw invalidRow(this.#index, `${key} is no time`);
    return time === neverSet ? 0 : Math.floor(time / 1000);
  }
}
