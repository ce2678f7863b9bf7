import type { RandomAccess } from '../catalog/cataloger.ts';
import { textOf } from './byte-fields.ts';

const noBytes = new Uint8Array(0);

/** The bytes of a range as far as the file has them: fewer, or none, where the range runs over its end. */
export async function readRange(access: RandomAccess, offset: number, length: number): Promise<Uint8Array> {
  if (!(offset >= 0 && offset < access.size && length > 0)) return noBytes;
  return access.read(offset, Math.min(length, access.size - offset));
}

/** The text at a place, up to its zero byte; cut where it is longer than `max` bytes. */
export async function readText(access: RandomAccess, offset: number, max: number): Promise<string> {
  return textOf(await readRange(access, offset, max));
}

/** A part of a file as a file of its own; the same bytes, not a copy. */
export function sliceAccess(access: RandomAccess, begin: number, length: number): RandomAccess {
  const size = Math.max(0, Math.min(length, access.size - begin));
  return {
    size,
    read: (offset, count) => readRange(access, begin + offset, Math.min(count, Math.max(0, size - offset))),
  };
}
