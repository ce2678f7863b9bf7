import { SbomError } from '../../../../sbom-error.ts';
import { viewOf } from '../block-reader.ts';

/** What a column can hold; whole numbers beyond 2^53 lose their last digits. */
export type SqliteValue = null | number | string | Uint8Array;

/** A number of 1 to 9 bytes and where it ends. */
export interface Varint {
  readonly value: number;
  readonly end: number;
}

/**
 * Reads a variable-length number (SQLite file format, section 1.6).
 *
 * @throws SbomError `MALFORMED` when the bytes end before it
 */
export function readVarint(bytes: Uint8Array, offset: number): Varint {
  let value = 0;
  for (let at = offset; at < offset + 8; at += 1) {
    const byte = byteAt(bytes, at);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return { value: value * 256 + byteAt(bytes, offset + 8), end: offset + 9 };
}

/**
 * The columns of a row, in order (SQLite file format, section 2.1, "Record Format"). Blobs share the row's memory.
 *
 * @throws SbomError `MALFORMED` when it breaks the format
 */
export function readRecord(row: Uint8Array): SqliteValue[] {
  const head = readVarint(row, 0);
  if (head.value > row.length) throw new SbomError('MALFORMED', 'SQLite: a row ends within its head');
  const values: SqliteValue[] = [];
  let at = head.value;
  for (let type = head.end; type < head.value; ) {
    const serial = readVarint(row, type);
    const length = lengthOf(serial.value);
    if (at + length > row.length) throw new SbomError('MALFORMED', 'SQLite: a row ends within a column');
    values.push(columnValue(serial.value, row.subarray(at, at + length)));
    at += length;
    type = serial.end;
  }
  return values;
}

/** Bytes of the whole numbers of serial types 0 to 6 and the fraction of type 7; 8 and 9 are 0 and 1 themselves. */
const numberBytes: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

function lengthOf(serialType: number): number {
  return serialType < 12 ? (numberBytes[serialType] ?? 0) : Math.floor((serialType - 12) / 2);
}

function columnValue(serialType: number, bytes: Uint8Array): SqliteValue {
  if (serialType >= 12) {
    return serialType % 2 === 0
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }
  if (serialType === 8 || serialType === 9) return serialType - 8;
  if (serialType === 7) return viewOf(bytes).getFloat64(0);
  if (bytes.length === 0) return null;
  let value = viewOf(bytes).getInt8(0);
  for (const byte of bytes.subarray(1)) value = value * 256 + byte;
  return value;
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new SbomError('MALFORMED', 'SQLite: a number goes beyond its page');
  return byte;
}
