import { SbomError } from '../../../sbom-error.ts';

/** Whole numbers of one tag, read where they are asked for. */
export interface RpmNumbers {
  readonly length: number;
  /** Undefined beyond the end. 64-bit numbers beyond 2^53 lose their last digits. */
  at(index: number): number | undefined;
}

/**
 * The tags of one header. A tag that the header does not have, or has with another type, is undefined; one whose data
 * breaks the format throws SbomError `MALFORMED` when it is asked for.
 */
export interface RpmHeader {
  /** The text of a string, or the first one of several (which is the untranslated one where languages differ). */
  text(tag: number): string | undefined;
  /** All texts of an array, read while they are iterated. */
  texts(tag: number): Iterable<string> | undefined;
  /** Unsigned numbers of 8 to 64 bits. */
  numbers(tag: number): RpmNumbers | undefined;
  /** Bytes, sharing the header's memory. */
  bytes(tag: number): Uint8Array | undefined;
}

/** rpm takes no header with more (rpm, lib/header.c). */
const maxEntries = 65_535;
const maxDataBytes = 256 * 1024 * 1024;

const entryBytes = 16;
/** In front of a header that stands in a file; databases leave it out. */
const fileMagic = [0x8e, 0xad, 0xe8];
const fileMagicBytes = 8;

const stringType = 6;
const binaryType = 7;
const stringTypes: ReadonlySet<number> = new Set([stringType, 8, 9]);
/** Bytes of one value by type: characters, whole numbers of 8, 8, 16, 32 and 64 bits, and bytes. */
const valueBytes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1 };

interface Entry {
  readonly type: number;
  /** Of the first value, from the start of the buffer. */
  readonly start: number;
  readonly count: number;
}

/**
 * Reads the index of a header (rpm, docs/manual/format_header.md). It serves headers of all package formats, 3, 4 and 6:
 * they differ in which tags they have. Where a tag is there twice the later one counts, for it was added when the package
 * was installed. Data is looked at when it is asked for.
 *
 * @throws SbomError `MALFORMED` when it is no header or its index points out of it
 */
export function parseRpmHeader(blob: Uint8Array): RpmHeader {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const intro = fileMagic.every((byte, index) => bytes[index] === byte) ? fileMagicBytes : 0;
  if (bytes.length < intro + 8) throw broken(`${bytes.length} bytes`);
  const [count, dataBytes] = [bytes.readUInt32BE(intro), bytes.readUInt32BE(intro + 4)];
  const data = intro + 8 + count * entryBytes;
  if (count === 0 || count > maxEntries || dataBytes > maxDataBytes || data + dataBytes > bytes.length) {
    throw broken(`${count} entries and ${dataBytes} bytes of data in ${bytes.length} bytes`);
  }
  const end = data + dataBytes;
  const entries = new Map<number, Entry>();
  for (let at = intro + 8; at < data; at += entryBytes) {
    const [tag, type] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
    const start = data + bytes.readUInt32BE(at + 8);
    if (start > end) throw broken(`tag ${tag} points beyond its end`);
    entries.set(tag, { type, start, count: bytes.readUInt32BE(at + 12) });
  }
  return headerOf(bytes.subarray(0, end), entries);
}

function headerOf(bytes: Buffer, entries: ReadonlyMap<number, Entry>): RpmHeader {
  const entry = (tag: number, isWanted: (type: number) => boolean): Entry | undefined => {
    const found = entries.get(tag);
    return found !== undefined && found.count > 0 && isWanted(found.type) ? found : undefined;
  };
  const plain = (tag: number, isWanted: (type: number) => boolean): (Entry & { width: number }) | undefined => {
    const found = entry(tag, isWanted);
    if (found === undefined) return undefined;
    const width = valueBytes[found.type] ?? 1;
    if (found.start + found.count * width > bytes.length) throw broken(`tag ${tag} goes beyond its end`);
    return { ...found, width };
  };
  const isString = (type: number) => stringTypes.has(type);
  return {
    text(tag) {
      const found = entry(tag, isString);
      return found && bytes.toString('utf8', found.start, endOfText(bytes, tag, found.start));
    },
    texts(tag) {
      const found = entry(tag, isString);
      return found && { [Symbol.iterator]: () => textsOf(bytes, tag, found) };
    },
    numbers(tag) {
      const found = plain(tag, (type) => type !== binaryType && valueBytes[type] !== undefined);
      return found && numbersOf(bytes, found.start, found.count, found.width);
    },
    bytes(tag) {
      const found = plain(tag, (type) => type === binaryType);
      return found && bytes.subarray(found.start, found.start + found.count);
    },
  };
}

function* textsOf(bytes: Buffer, tag: number, { start, count, type }: Entry): Generator<string, undefined> {
  let at = start;
  for (let index = 0; index < (type === stringType ? 1 : count); index += 1) {
    const end = endOfText(bytes, tag, at);
    yield bytes.toString('utf8', at, end);
    at = end + 1;
  }
  return undefined;
}

function endOfText(bytes: Buffer, tag: number, start: number): number {
  const end = bytes.indexOf(0, start);
  if (end < 0) throw broken(`a text of tag ${tag} has no end`);
  return end;
}

function numbersOf(bytes: Buffer, start: number, length: number, width: number): RpmNumbers {
  return {
    length,
    at(index) {
      if (index < 0 || index >= length) return undefined;
      const at = start + index * width;
      return width === 8 ? Number(bytes.readBigUInt64BE(at)) : bytes.readUIntBE(at, width);
    },
  };
}

function broken(what: string): SbomError {
  return new SbomError('MALFORMED', `rpm header: ${what}`);
}
