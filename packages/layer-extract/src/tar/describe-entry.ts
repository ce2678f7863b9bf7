import { decodeName } from '../path/decode-name.ts';
import { decimalNumber } from './header-field.ts';
import type { TarHeader } from './parse-header.ts';
import type { PaxRecords } from './parse-pax.ts';
import { paxSparseFormat } from './sparse-pax.ts';
import type { TarBody, TarEntry, TarEntryType } from './tar-entry.ts';

/** What the extended headers in front of an entry say of it. */
export interface Extensions {
  /** GNU long name and link target, as latin-1. */
  longName?: string;
  longLinkName?: string;
  pax?: PaxRecords;
}

const types: Readonly<Record<string, TarEntryType>> = {
  ...{ '0': 'file', '7': 'file', '1': 'hardlink', '2': 'symlink', '5': 'directory' },
  ...{ '3': 'special', '4': 'special', '6': 'special', S: 'file' },
};

/** What can have no body, whatever its size says. */
const bodiless: ReadonlySet<TarEntryType> = new Set(['directory', 'symlink', 'hardlink', 'special']);

/** Whether a header only extends the entry behind it: GNU long names, pax records of an entry or of the archive. */
export function isExtension(flag: string): boolean {
  return flag === 'L' || flag === 'K' || flag === 'x' || flag === 'g';
}

/**
 * Joins a header with what extends it, by the rules of the reader that runtimes use: pax over the header, GNU long names
 * over both, the name of a sparse file over all, and no body for what can have none, whatever its size says.
 *
 * @param offset where the headers begin in the archive, in bytes
 * @param bodyOf makes the body of an entry with so many bytes
 * @returns a sentence on what is wrong where they do not fit
 */
export function describeEntry(
  header: TarHeader,
  { longName, longLinkName, pax }: Extensions,
  offset: number,
  bodyOf: (size: number) => TarBody,
): TarEntry | string {
  const name = longName || pax?.get('path') || header.name;
  const type = entryType(header.flag, name);
  const sparse = header.sparse === undefined && paxSparseFormat(pax) !== undefined;
  if (sparse && bodiless.has(type)) return 'a sparse map for what has no content';
  const stored = sizeOf(header, pax);
  if (stored === undefined) return 'an extended header with a size that is no number';
  const size = bodiless.has(type) ? 0 : stored;
  return {
    type,
    name: decodeName((sparse && pax?.get('GNU.sparse.name')) || name),
    linkName: decodeName(longLinkName || pax?.get('linkpath') || header.linkName),
    size,
    mode: count(header.mode) & 0o7777,
    uid: count(stated(pax, 'uid') ?? header.uid),
    gid: count(stated(pax, 'gid') ?? header.gid),
    mtime: Math.floor(finite(stated(pax, 'mtime') ?? header.mtime)),
    offset,
    body: bodyOf(size),
  };
}

function entryType(flag: string, name: string): TarEntryType {
  // Writers from before the type flag mark a directory by its slash alone.
  if (flag === '\0') return name.endsWith('/') ? 'directory' : 'file';
  return types[flag] ?? 'unknown';
}

function sizeOf(header: TarHeader, pax: PaxRecords | undefined): number | undefined {
  const text = pax?.get('size');
  return text ? decimalNumber(text) : header.size;
}

function stated(pax: PaxRecords | undefined, key: string): number | undefined {
  const text = pax?.get(key);
  return text ? Number(text) : undefined;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function count(value: number): number {
  return Math.max(0, finite(value));
}
