/** Size of a tar header and the unit bodies are padded to, in bytes (POSIX.1-2017 pax, "ustar Interchange Format"). */
export const blockBytes = 512;

/** One header block, decoded; long names of pax and GNU come from blocks before it. */
export interface TarHeader {
  readonly name: string;
  /** Length of the body, in bytes. */
  readonly size: number;
  /** Type flag, a single character; old archives leave NUL for a file. */
  readonly type: string;
}

/** Decodes a header block; `undefined` where it is none. */
export function decodeTarHeader(block: Buffer): TarHeader | undefined {
  const size = number(block, 124, 12);
  if (number(block, 148, 8) !== checksum(block) || !Number.isSafeInteger(size)) return undefined;
  // GNU puts other things where POSIX has the prefix, and says so by its magic.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(block[156] || 0x30),
  };
}

/** Decodes the records of a pax extended header, `length key=value\n` each; `undefined` where they are malformed. */
export function decodePaxRecords(body: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const digits = /^[0-9]{1,9} /.exec(body.toString('latin1', at, at + 10))?.[0];
    const end = at + Number(digits ?? 0);
    const start = at + (digits?.length ?? 0);
    const equals = body.indexOf(0x3d, start);
    if (digits === undefined || end > body.length || equals < 0 || equals >= end || body[end - 1] !== 0x0a) {
      return undefined;
    }
    records.set(body.toString('utf8', start, equals), body.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** A NUL-terminated field. */
export function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** Octal digits, or GNU's base-256 for what octal cannot hold. NaN where it is neither. */
function number(block: Buffer, start: number, length: number): number {
  if (block[start] === 0x80) {
    const high = block.subarray(start + 1, start + length - 6);
    return high.every((byte) => byte === 0) ? block.readUIntBE(start + length - 6, 6) : Number.NaN;
  }
  const digits = text(block, start, length).trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** The sum of all bytes with the checksum's own field taken as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < blockBytes; at++) {
    if (at < 148 || at >= 156) sum += block[at] ?? 0;
  }
  return sum;
}
