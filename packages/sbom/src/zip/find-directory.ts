import type { RandomAccess } from '../catalog/cataloger.ts';

/** Where the central directory of a zip archive lies. */
export interface DirectoryLocation {
  /** First byte. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  /** Bytes in front of the archive that its own offsets do not count, such as a launcher script. */
  readonly prefix: number;
}

const endSignature = 'PK\x05\x06';
const endLength = 22;
const maxCommentLength = 0xffff;
const zip64LocatorSignature = 0x07064b50;
const zip64LocatorLength = 20;
const zip64EndSignature = 0x06064b50;
const zip64EndLength = 56;
const headerSignature = 0x02014b50;

/** What an end record, plain or zip64, says of the directory. */
interface EndRecord {
  /** Where the record begins, which is where the directory ends. */
  readonly position: number;
  readonly length: number;
  readonly offset: number;
}

/**
 * Finds the central directory (PKWARE APPNOTE 4.3.12 to 4.3.16) by the end record: the last one in the file that leads
 * to a directory, as the Java runtime takes it. Whatever stands in front of the archive or behind it is passed over.
 *
 * @returns undefined where the file is no zip archive
 */
export async function findDirectory(access: RandomAccess): Promise<DirectoryLocation | undefined> {
  const tailLength = Math.min(access.size, endLength + maxCommentLength);
  const tailStart = access.size - tailLength;
  const tail = bufferOf(await access.read(tailStart, tailLength));
  let empty: DirectoryLocation | undefined;
  for (let at = tail.length - endLength; at >= 0; at -= 1) {
    at = tail.lastIndexOf(endSignature, at, 'latin1');
    if (at < 0) break;
    const found = await directoryOf(access, tail.subarray(at, at + endLength), tailStart + at);
    if (found !== undefined && found.length > 0) return found;
    // A comment may hold an end record of nothing to hide the archive it belongs to.
    empty ??= found;
  }
  return empty;
}

async function directoryOf(
  access: RandomAccess,
  end: Buffer,
  position: number,
): Promise<DirectoryLocation | undefined> {
  const plain = { position, length: end.readUInt32LE(12), offset: end.readUInt32LE(16) };
  const record = needsZip64(end, plain) ? ((await readZip64End(access, position)) ?? plain) : plain;
  if (record.length === 0) return record.offset <= position ? { start: position, length: 0, prefix: 0 } : undefined;
  // Directly before its end record, as the Java runtime reckons; else where the record says, for the little that some
  // writers put between the two.
  for (const start of [record.position - record.length, record.offset]) {
    if (start < 0 || start + record.length > position) continue;
    const header = bufferOf(await access.read(start, 4));
    if (header.length < 4 || header.readUInt32LE(0) !== headerSignature) continue;
    return { start, length: record.length, prefix: Math.max(start - record.offset, 0) };
  }
  return undefined;
}

function needsZip64(end: Buffer, { length, offset }: EndRecord): boolean {
  return length === 0xffffffff || offset === 0xffffffff || end.readUInt16LE(10) === 0xffff;
}

async function readZip64End(access: RandomAccess, endPosition: number): Promise<EndRecord | undefined> {
  const locatorPosition = endPosition - zip64LocatorLength;
  if (locatorPosition < 0) return undefined;
  const locator = bufferOf(await access.read(locatorPosition, zip64LocatorLength));
  if (locator.length < zip64LocatorLength || locator.readUInt32LE(0) !== zip64LocatorSignature) return undefined;
  const stated = safeNumber(locator.readBigUInt64LE(8));
  // A prefix makes the stated position wrong; the record nearly always stands right before its locator.
  for (const position of [stated, locatorPosition - zip64EndLength]) {
    if (position === undefined || position < 0 || position + zip64EndLength > locatorPosition) continue;
    const record = bufferOf(await access.read(position, zip64EndLength));
    if (record.length < zip64EndLength || record.readUInt32LE(0) !== zip64EndSignature) continue;
    const length = safeNumber(record.readBigUInt64LE(40));
    const offset = safeNumber(record.readBigUInt64LE(48));
    if (length !== undefined && offset !== undefined) return { position, length, offset };
  }
  return undefined;
}

function safeNumber(value: bigint): number | undefined {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
