import { blockSize } from './block.ts';

/** The fields of one header block, texts as latin-1 so that every byte is kept. */
export interface TarHeader {
  /** Type flag as a character; old writers leave NUL for a file. */
  readonly flag: string;
  readonly name: string;
  readonly linkName: string;
  /** Bytes of the body. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Whether a GNU sparse map goes on in the next block. */
  readonly sparseContinues: boolean;
}

const field = {
  ...{ name: [0, 100], mode: [100, 108], uid: [108, 116], gid: [116, 124], size: [124, 136], mtime: [136, 148] },
  ...{ checksum: [148, 156], linkName: [157, 257], magic: [257, 265], prefix: [345, 500], starPrefix: [345, 476] },
  starMagic: [508, 512],
} as const satisfies Record<string, readonly [number, number]>;

const flagAt = 156;
const sparseContinuesAt = 482;
const space = 0x20;

/**
 * Reads a header block: POSIX ustar, GNU, star and the format of Unix v7, told apart by their magic.
 *
 * @returns a sentence on what is wrong where it is none
 */
export function parseHeader(block: Buffer): TarHeader | string {
  if (!checksumFits(block)) return 'no valid header';
  const size = number(block, field.size);
  if (size === undefined || size < 0) return 'a size that is no number';
  const flag = String.fromCharCode(block[flagAt] ?? 0);
  return {
    flag,
    name: fullName(block),
    linkName: text(block, field.linkName),
    size,
    mode: number(block, field.mode) ?? 0,
    uid: number(block, field.uid) ?? 0,
    gid: number(block, field.gid) ?? 0,
    mtime: number(block, field.mtime) ?? 0,
    sparseContinues: flag === 'S' && block[sparseContinuesAt] !== 0,
  };
}

/** Whether a block is all zeros, which ends an archive. */
export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0);
}

/** The sum of all bytes, those of the checksum taken as spaces. Some old writers added signed bytes. */
function checksumFits(block: Buffer): boolean {
  const stated = number(block, field.checksum);
  let unsigned = 8 * space;
  let negative = 0;
  for (let at = 0; at < blockSize; at += 1) {
    if (at === field.checksum[0]) at = field.checksum[1];
    const byte = block[at] as number;
    unsigned += byte;
    if (byte > 0x7f) negative += 0x100;
  }
  return stated === unsigned || stated === unsigned - negative;
}

function fullName(block: Buffer): string {
  const name = text(block, field.name);
  const magic = block.toString('latin1', ...field.magic);
  // GNU's own magic has other fields in the place of the prefix.
  if (!magic.startsWith('ustar\0')) return name;
  const star = block.toString('latin1', ...field.starMagic) === 'tar\0';
  const prefix = text(block, star ? field.starPrefix : field.prefix);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function text(block: Buffer, [start, end]: readonly [number, number]): string {
  const nul = block.indexOf(0, start);
  return block.toString('latin1', start, nul >= 0 && nul < end ? nul : end);
}

/** A number in octal digits, or in base 256 where the first bit is set (GNU); undefined where it is neither. */
function number(block: Buffer, [start, end]: readonly [number, number]): number | undefined {
  if (((block[start] as number) & 0x80) !== 0) return base256(block, start, end);
  let value = 0;
  let digits = 0;
  for (let at = start; at < end; at += 1) {
    const byte = block[at] as number;
    if (byte >= 0x30 && byte <= 0x37) {
      value = value * 8 + (byte - 0x30);
      digits += 1;
    } else if (byte !== space && byte !== 0) return undefined;
    else if (digits > 0) break;
  }
  return value;
}

function base256(block: Buffer, start: number, end: number): number | undefined {
  const negative = ((block[start] as number) & 0x40) !== 0;
  // The bits of a negative number are inverted, which leaves one to add at the end.
  let value = (block[start] as number) & 0x3f;
  if (negative) value = 0x3f - value;
  for (let at = start + 1; at < end; at += 1) {
    const byte = block[at] as number;
    value = value * 256 + (negative ? 0xff - byte : byte);
  }
  if (!Number.isSafeInteger(value)) return undefined;
  return negative ? -value - 1 : value;
}
