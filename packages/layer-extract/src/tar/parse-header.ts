import { checksumFits } from './checksum.ts';
import type { HeaderBlock } from './header-block.ts';
import { type FieldRange, fieldNumber, fieldText } from './header-field.ts';
import { parseSparseHeader, type SparseHeader } from './sparse-header.ts';

/** The fields of one header block, texts as latin-1 so that every byte is kept. */
export interface TarHeader {
  /** Type flag as a character; old writers leave NUL for a file. */
  readonly flag: string;
  readonly name: string;
  readonly linkName: string;
  /** Bytes of the body as the archive holds it. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** What the header of a sparse file in GNU's old format adds; undefined for any other. */
  readonly sparse: SparseHeader | undefined;
}

const field = {
  ...{ name: [0, 100], mode: [100, 108], uid: [108, 116], gid: [116, 124], size: [124, 136], mtime: [136, 148] },
  ...{ checksum: [148, 156], linkName: [157, 257], prefix: [345, 500], starPrefix: [345, 476] },
  ...{ gnuAtime: [345, 357], gnuCtime: [357, 369] },
} as const satisfies Record<string, FieldRange>;

/** Where the type flag stands in a block. */
export const flagAt = 156;
const posixMagic = { at: 257, bytes: Buffer.from('ustar\0') };
const gnuMagic = { at: 257, bytes: Buffer.from('ustar  \0') };
const starMagic = { at: 508, bytes: Buffer.from('tar\0') };

/**
 * Reads a header block: POSIX ustar, GNU, star and the format of Unix v7, told apart by their magic.
 *
 * @returns a sentence on what is wrong where it is none
 */
export function parseHeader(header: HeaderBlock): TarHeader | string {
  const block = header.bytes;
  if (!checksumFits(header, fieldNumber(block, field.checksum))) return 'no valid header';
  const size = fieldNumber(block, field.size);
  if (size === undefined || size < 0) return 'a size that is no number';
  const flag = String.fromCharCode(block[flagAt] ?? 0);
  const sparse = flag === 'S' ? sparseHeader(block) : undefined;
  if (typeof sparse === 'string') return sparse;
  return {
    flag,
    name: fullName(block),
    linkName: fieldText(block, field.linkName),
    size,
    mode: fieldNumber(block, field.mode) ?? 0,
    uid: fieldNumber(block, field.uid) ?? 0,
    gid: fieldNumber(block, field.gid) ?? 0,
    mtime: fieldNumber(block, field.mtime) ?? 0,
    sparse,
  };
}

function has(block: Buffer, { at, bytes }: { readonly at: number; readonly bytes: Buffer }): boolean {
  for (let index = 0; index < bytes.byteLength; index++) if (block[at + index] !== bytes[index]) return false;
  return true;
}

function sparseHeader(block: Buffer): SparseHeader | string {
  return has(block, gnuMagic) ? parseSparseHeader(block) : 'a sparse file in another format than GNU';
}

function fullName(block: Buffer): string {
  const name = fieldText(block, field.name);
  const prefix = prefixOf(block);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function prefixOf(block: Buffer): string {
  if (has(block, posixMagic)) return fieldText(block, has(block, starMagic) ? field.starPrefix : field.prefix);
  // GNU's own format has times in that place. Go wrote GNU's magic over a prefix until its version 1.8, layers of
  // that time are still around, and its reader takes for a prefix what are no times.
  if (!has(block, gnuMagic) || (isTime(block, field.gnuAtime) && isTime(block, field.gnuCtime))) return '';
  const prefix = fieldText(block, field.prefix);
  return /[\u0080-\u00ff]/.test(prefix) ? '' : prefix;
}

function isTime(block: Buffer, range: FieldRange): boolean {
  return block[range[0]] === 0 || fieldNumber(block, range) !== undefined;
}
