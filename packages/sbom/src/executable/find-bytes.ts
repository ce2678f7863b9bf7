import type { RandomAccess } from '../catalog/cataloger.ts';
import { readRange } from './read-range.ts';

/** Bytes looked at in one read: nothing is copied where the file is in memory, and little where it is not. */
const windowLength = 1024 * 1024;

/** Where to look. */
export interface SearchRange {
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** Offsets in the file at which `needle` lies wholly within the range, lowest first. */
export async function* findBytes(
  access: RandomAccess,
  range: SearchRange,
  needle: Uint8Array,
): AsyncGenerator<number, void> {
  const end = Math.min(range.offset + range.size, access.size);
  for (let begin = range.offset; begin + needle.length <= end; begin += windowLength) {
    const length = Math.min(windowLength + needle.length - 1, end - begin);
    const bytes = await readRange(access, begin, length);
    const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = window.indexOf(needle); at >= 0; at = window.indexOf(needle, at + 1)) yield begin + at;
  }
}

/** Whether `needle` lies wholly within the range. */
export async function hasBytes(access: RandomAccess, range: SearchRange, needle: Uint8Array): Promise<boolean> {
  for await (const _ of findBytes(access, range, needle)) return true;
  return false;
}
