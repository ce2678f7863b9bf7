import { crc32 } from 'node:zlib';
import type { RandomAccess } from '../catalog/cataloger.ts';
import { SbomError } from '../sbom-error.ts';
import { findDirectory } from './find-directory.ts';
import { inflateEntry } from './inflate-entry.ts';
import { overlappingEntries } from './overlapping-entries.ts';
import { readDirectory } from './read-directory.ts';
import type { ZipDefect, ZipEntry } from './zip-entry.ts';

/** How a zip archive is opened. */
export interface OpenZipOptions {
  /** Entries that are looked at; beyond it the archive has a defect. Default 1 000 000. */
  readonly maxEntries?: number;
  /** Wanted entries that are kept. Default 100 000. */
  readonly maxWanted?: number;
  /** Which entries to keep; the others cost no memory. Default all, directories included. */
  wanted?(name: string): boolean;
  readonly signal?: AbortSignal;
}

/** An open zip archive. It holds nothing but its entries: there is nothing to close. */
export interface ZipArchive {
  /** The wanted entries in the order of the directory. */
  readonly entries: readonly ZipEntry[];
  /** All entries, as far as the directory was read. */
  readonly entryCount: number;
  /** Bytes in front of the archive that its own offsets do not count. */
  readonly prefix: number;
  /** Why there may be more entries than these. */
  readonly defect?: ZipDefect;
  /**
   * The content of an entry, decompressed and checked against size and CRC-32. May be a view of the archive's own
   * bytes: do not write to it.
   *
   * @param max - Bytes that are accepted.
   * @throws SbomError `FILE_TOO_LARGE` for more than `max` bytes, `MALFORMED` where it is encrypted, compressed in
   * another way than deflate, broken, not what the directory says, or shares bytes with another wanted entry
   */
  read(entry: ZipEntry, max: number): Promise<Uint8Array>;
  /**
   * A stored entry as a part of the archive, without reading it, so that an archive within an archive takes no memory.
   * Size and CRC-32 are not checked.
   *
   * @returns undefined for a compressed entry
   * @throws SbomError `MALFORMED` as `read`
   */
  window(entry: ZipEntry): Promise<RandomAccess | undefined>;
}

const localSignature = 0x04034b50;
const localLength = 30;

/**
 * Opens a zip archive (PKWARE APPNOTE 6.3.10) by its central directory, zip64 and data in front of it included. Only
 * the directory is read now.
 *
 * @returns undefined where the file is no zip archive at all
 * @throws the signal's reason; what `access` throws
 */
export async function openZip(access: RandomAccess, options: OpenZipOptions = {}): Promise<ZipArchive | undefined> {
  const { maxEntries = 1_000_000, maxWanted = 100_000, wanted = () => true, signal } = options;
  const location = await findDirectory(access);
  if (location === undefined) return undefined;
  const directory = await readDirectory(access, location, { maxEntries, maxWanted, wanted, signal });
  const reader = new EntryReader(access, directory.entries);
  return {
    entries: directory.entries,
    entryCount: directory.seen,
    prefix: location.prefix,
    ...(directory.defect && { defect: directory.defect }),
    read: (entry, max) => reader.read(entry, max),
    window: (entry) => reader.window(entry),
  };
}

class EntryReader {
  readonly #access: RandomAccess;
  readonly #entries: readonly ZipEntry[];
  #overlapping: ReadonlySet<ZipEntry> | undefined;

  constructor(access: RandomAccess, entries: readonly ZipEntry[]) {
    this.#access = access;
    this.#entries = entries;
  }

  async read(entry: ZipEntry, max: number): Promise<Uint8Array> {
    if (entry.size > max) throw tooLarge(entry, `${entry.size} bytes, the limit is ${max}`);
    // Deflate makes things longer by 5 bytes in 16 KiB at worst; more is padding to keep a reader busy.
    if (entry.compressedSize > entry.size + 1024 + entry.size / 1024) {
      throw malformed(entry, `${entry.compressedSize} bytes compressed for ${entry.size}`);
    }
    const start = await this.#start(entry);
    const stored = await this.#access.read(start, entry.compressedSize);
    if (stored.length !== entry.compressedSize) throw malformed(entry, 'it ends outside the archive');
    const content = entry.method === 0 ? stored : await inflated(entry, stored);
    if (content.length !== entry.size) throw malformed(entry, `${content.length} bytes instead of ${entry.size}`);
    if (crc32(content) !== entry.crc32) throw malformed(entry, 'its checksum is wrong');
    return content;
  }

  async window(entry: ZipEntry): Promise<RandomAccess | undefined> {
    if (entry.method !== 0 && entry.unreadable === undefined) return undefined;
    const start = await this.#start(entry);
    const size = entry.compressedSize;
    if (start + size > this.#access.size) throw malformed(entry, 'it ends outside the archive');
    return {
      size,
      read: (offset, length) => this.#access.read(start + offset, Math.max(0, Math.min(length, size - offset))),
    };
  }

  /** Where the entry's bytes begin, behind its local header (APPNOTE 4.3.7). */
  async #start(entry: ZipEntry): Promise<number> {
    if (entry.unreadable === 'encrypted') throw malformed(entry, 'it is encrypted');
    if (entry.unreadable === 'method') throw malformed(entry, `compressed by method ${entry.method}`);
    this.#overlapping ??= overlappingEntries(this.#entries);
    if (this.#overlapping.has(entry)) throw malformed(entry, 'it shares bytes with another entry');
    if (entry.offset + localLength > this.#access.size) throw malformed(entry, 'it begins outside the archive');
    const bytes = await this.#access.read(entry.offset, localLength);
    const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (header.length < localLength || header.readUInt32LE(0) !== localSignature) {
      throw malformed(entry, 'there is no entry where the directory says');
    }
    return entry.offset + localLength + header.readUInt16LE(26) + header.readUInt16LE(28);
  }
}

async function inflated(entry: ZipEntry, compressed: Uint8Array): Promise<Uint8Array> {
  try {
    return await inflateEntry(compressed, entry.size);
  } catch (cause) {
    const longer = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw malformed(entry, longer ? `more than its ${entry.size} bytes` : 'its compressed data is broken', cause);
  }
}

function malformed(entry: ZipEntry, reason: string, cause?: unknown): SbomError {
  return new SbomError('MALFORMED', `${shortName(entry)}: ${reason}`, { cause });
}

function tooLarge(entry: ZipEntry, reason: string): SbomError {
  return new SbomError('FILE_TOO_LARGE', `${shortName(entry)}: ${reason}`);
}

function shortName({ name }: ZipEntry): string {
  return name.length <= 200 ? name : `${name.slice(0, 200)}…`;
}
