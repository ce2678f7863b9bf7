import { crc32, deflateRawSync } from 'node:zlib';
import type { RandomAccess } from '../catalog/cataloger.ts';

/** An entry of a made-up archive. What is stated may be a lie. */
export interface TestEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly stored?: boolean;
  readonly flags?: number;
  readonly method?: number;
  readonly stated?: { readonly size?: number; readonly compressedSize?: number; readonly crc32?: number };
  /** Uses the local header of the entry with this index instead of one of its own. */
  readonly sameAs?: number;
}

/** How an archive is written. */
export interface TestZipOptions {
  /** Bytes in front that the offsets do not count. */
  readonly prefix?: string;
  readonly comment?: string;
  /** Bytes behind the end record. */
  readonly suffix?: string;
  /** Writes every size and offset in zip64 fields. */
  readonly zip64?: boolean;
}

/** Writes a zip archive. */
export function makeZip(entries: readonly TestEntry[], options: TestZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const headers: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const plain = Buffer.from(entry.content ?? '');
    const data = entry.stored ? plain : deflateRawSync(plain);
    const fields = {
      flags: entry.flags ?? 0x800,
      method: entry.method ?? (entry.stored ? 0 : 8),
      crc: entry.stated?.crc32 ?? crc32(plain),
      compressed: entry.stated?.compressedSize ?? data.length,
      size: entry.stated?.size ?? plain.length,
      name: Buffer.from(entry.name),
    };
    const at = entry.sameAs === undefined ? offset : (offsets[entry.sameAs] ?? 0);
    offsets.push(at);
    headers.push(centralHeader(fields, at, options.zip64 ?? false));
    if (entry.sameAs !== undefined) continue;
    const local = Buffer.concat([localHeader(fields), data]);
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(headers);
  const end = endRecords(entries.length, directory.length, offset, options);
  const edges = [Buffer.from(options.prefix ?? ''), Buffer.from(options.suffix ?? '')] as const;
  return Buffer.concat([edges[0], ...parts, directory, end, edges[1]]);
}

/** An archive of files by name, all compressed. */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return makeZip(Object.entries(files).map(([name, content]) => ({ name, content })));
}

/** Reads of a buffer that count the bytes asked for. */
export function countingAccess(bytes: Uint8Array): RandomAccess & { readBytes: number } {
  return {
    size: bytes.length,
    readBytes: 0,
    async read(offset, length) {
      const part = bytes.subarray(offset, offset + length);
      this.readBytes += part.length;
      return part;
    },
  };
}

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly name: Buffer;
}

function localHeader({ flags, method, crc, compressed, size, name }: Fields): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(Math.min(compressed, 0xffffffff), 18);
  header.writeUInt32LE(Math.min(size, 0xffffffff), 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function centralHeader({ flags, method, crc, compressed, size, name }: Fields, offset: number, zip64: boolean): Buffer {
  const header = Buffer.alloc(46);
  const extra = Buffer.alloc(zip64 ? 4 + 8 + 24 : 0);
  if (zip64) {
    // A field of another kind first, to be passed over.
    extra.writeUInt16LE(0x5455, 0);
    extra.writeUInt16LE(4, 2);
    extra.writeUInt16LE(1, 8);
    extra.writeUInt16LE(24, 10);
    extra.writeBigUInt64LE(BigInt(size), 12);
    extra.writeBigUInt64LE(BigInt(compressed), 20);
    extra.writeBigUInt64LE(BigInt(offset), 28);
  }
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(method, 10);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(zip64 ? 0xffffffff : compressed, 20);
  header.writeUInt32LE(zip64 ? 0xffffffff : size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
  return Buffer.concat([header, name, extra]);
}

function endRecords(count: number, length: number, offset: number, options: TestZipOptions): Buffer {
  const { zip64 = false, comment = '' } = options;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count & 0xffff, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count & 0xffff, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  end.writeUInt16LE(comment.length, 20);
  if (!zip64) return Buffer.concat([end, Buffer.from(comment)]);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end, Buffer.from(comment)]);
}
