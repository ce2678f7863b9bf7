import type { RandomAccess } from '../catalog/cataloger.ts';
import type { DirectoryLocation } from './find-directory.ts';
import type { ZipDefect, ZipEntry } from './zip-entry.ts';

/** What a central directory holds, as far as it was wanted and could be read. */
export interface ZipDirectory {
  /** The wanted entries in the order of the directory; of two with one name both. */
  readonly entries: readonly ZipEntry[];
  /** Entries that were looked at, wanted or not. */
  readonly seen: number;
  readonly defect?: ZipDefect;
}

/** How much of a directory is read, and which entries are kept. */
export interface DirectoryOptions {
  /** Entries that are looked at. */
  readonly maxEntries: number;
  /** Wanted entries that are kept. */
  readonly maxWanted: number;
  wanted(name: string): boolean;
  readonly signal?: AbortSignal | undefined;
}

const headerSignature = 0x02014b50;
const headerLength = 46;
/** Holds the longest header (46 bytes and three fields of at most 64 KiB each). */
const windowLength = 256 * 1024;

/**
 * Reads a central directory (APPNOTE 4.3.12) through a window, so that its length costs no memory. Never throws for
 * what it contains: it keeps what came before a defect.
 *
 * @throws the signal's reason; what `access` throws
 */
export async function readDirectory(
  access: RandomAccess,
  location: DirectoryLocation,
  options: DirectoryOptions,
): Promise<ZipDirectory> {
  const entries: ZipEntry[] = [];
  const end = location.start + location.length;
  let seen = 0;
  const stop = (code: ZipDefect['code'], reason: string): ZipDirectory => ({ entries, seen, defect: { code, reason } });
  for (let position = location.start; position < end; ) {
    options.signal?.throwIfAborted();
    const bytes = await access.read(position, Math.min(windowLength, end - position));
    const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    for (let length = headerSpan(window, at); length > 0; length = headerSpan(window, at)) {
      if (window.readUInt32LE(at) !== headerSignature) return stop('malformed', 'a broken entry in the directory');
      if (seen === options.maxEntries) return stop('too-large', `more than ${options.maxEntries} entries`);
      seen += 1;
      const name = window.toString('utf8', at + headerLength, at + headerLength + window.readUInt16LE(at + 28));
      if (options.wanted(name)) {
        if (entries.length === options.maxWanted)
          return stop('too-large', `more than ${options.maxWanted} wanted entries`);
        entries.push(parseHeader(window.subarray(at, at + length), name, location.prefix));
      }
      at += length;
    }
    // Not even one header in a window that could hold any.
    if (at === 0) return stop('malformed', 'the directory ends within an entry');
    position += at;
  }
  return { entries, seen };
}

/** Length of the header at `at` with its variable fields; 0 where the window does not hold it whole. */
function headerSpan(window: Buffer, at: number): number {
  if (at + headerLength > window.length) return 0;
  const length =
    headerLength + window.readUInt16LE(at + 28) + window.readUInt16LE(at + 30) + window.readUInt16LE(at + 32);
  return at + length <= window.length ? length : 0;
}

function parseHeader(header: Buffer, name: string, prefix: number): ZipEntry {
  const flags = header.readUInt16LE(8);
  const method = header.readUInt16LE(10);
  const [size, compressedSize, offset] = largeNumbers(header, [
    header.readUInt32LE(24),
    header.readUInt32LE(20),
    header.readUInt32LE(42),
  ]);
  const encrypted = (flags & encryptionFlags) !== 0;
  const readable = method === 0 || method === 8;
  return {
    ...{ name, compressedSize, size, method, offset: offset + prefix, crc32: header.readUInt32LE(16) },
    ...(encrypted ? { unreadable: 'encrypted' as const } : !readable && { unreadable: 'method' as const }),
  };
}

/** General purpose bits 0 (encrypted), 6 (strong encryption), 13 (directory encrypted). */
const encryptionFlags = 0x1 | 0x40 | 0x2000;

/** Takes each number that does not fit its field from the zip64 extra field, where they stand in this order. */
function largeNumbers(header: Buffer, small: [number, number, number]): [number, number, number] {
  const extra = zip64Extra(header);
  let at = 0;
  return small.map((value) => {
    if (value !== 0xffffffff || extra === undefined || at + 8 > extra.length) return value;
    const large = extra.readBigUInt64LE(at);
    at += 8;
    return Number(large);
  }) as [number, number, number];
}

function zip64Extra(header: Buffer): Buffer | undefined {
  const start = headerLength + header.readUInt16LE(28);
  const extra = header.subarray(start, start + header.readUInt16LE(30));
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 0x0001) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return undefined;
}
