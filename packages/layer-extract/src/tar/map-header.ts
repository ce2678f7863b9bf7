import type { Header } from 'tar-stream';
import { decodeName } from '../path/decode-name.ts';
import type { TarEntry, TarEntryType } from './tar-entry.ts';

/** A header as tar-stream gives it. */
export type TarHeader = Omit<Header, 'type' | 'linkname' | 'pax'> & {
  /** Null for types that tar-stream does not know. */
  readonly type: string | null;
  readonly linkname: string | null;
  readonly pax: Readonly<Record<string, string>> | null;
  /** Where the body begins in the archive. */
  readonly byteOffset: number;
};

/** A {@link TarEntry} without its body. */
export type EntryFields = Omit<TarEntry, 'body'>;

const types: Readonly<Record<string, TarEntryType>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  link: 'hardlink',
  symlink: 'symlink',
  'character-device': 'special',
  'block-device': 'special',
  fifo: 'special',
};

const gnuSparse = 'S'.charCodeAt(0);

/**
 * Reads a header that tar-stream decoded with latin-1 names. It applies size, path and linkpath of a pax header; owner
 * and time are applied here. Names from pax are text already, bytes that are no UTF-8 replaced by U+FFFD.
 */
export function mapHeader(header: TarHeader, typeFlag: number | undefined): EntryFields {
  const pax = header.pax ?? {};
  return {
    type: entryType(header, pax, typeFlag),
    name: pax['GNU.sparse.name'] ?? (pax.path ? header.name : decodeName(header.name)),
    linkName: pax.linkpath || decodeName(header.linkname ?? ''),
    size: header.size,
    mode: count(header.mode) & 0o7777,
    uid: count(Number(pax.uid ?? header.uid)),
    gid: count(Number(pax.gid ?? header.gid)),
    mtime: Math.floor(finite(pax.mtime === undefined ? header.mtime.getTime() / 1000 : Number(pax.mtime))),
    offset: header.byteOffset - 512,
  };
}

function entryType(
  header: TarHeader,
  pax: Readonly<Record<string, string>>,
  typeFlag: number | undefined,
): TarEntryType {
  if (typeFlag === gnuSparse || pax['GNU.sparse.major'] !== undefined || pax['GNU.sparse.map'] !== undefined) {
    return 'sparse';
  }
  return types[header.type ?? ''] ?? 'unknown';
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function count(value: number): number {
  return Math.max(0, finite(value));
}
