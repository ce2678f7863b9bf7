import { RegistryError } from '../error.ts';

/** Some bytes of a content, `[start, end)`. */
export interface ByteRange {
  /** Position of the first byte. */
  readonly start: number;
  /** Position behind the last byte. */
  readonly end: number;
}

/**
 * Checks that a range lies within a content and is not empty.
 *
 * @param size bytes of the content
 * @throws RegistryError `REFERENCE_INVALID` else
 */
export function checkRange({ start, end }: ByteRange, size: number, where: string): void {
  const isWhole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (isWhole && start >= 0 && start < end && end <= size) return;
  throw new RegistryError('REFERENCE_INVALID', `${where}: it has no bytes ${start} to ${end}, only ${size}`);
}

/** The bytes of a range out of a stream of the whole; the stream is left where the range ends. */
export async function* rangeOf(
  source: AsyncIterable<Uint8Array>,
  { start, end }: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (start >= end) return;
  let at = 0;
  for await (const chunk of source) {
    const [first, last] = [Math.max(0, start - at), Math.min(chunk.length, end - at)];
    if (first < last) yield first === 0 && last === chunk.length ? chunk : chunk.subarray(first, last);
    at += chunk.length;
    if (at >= end) return;
  }
}
