import { promisify } from 'node:util';
import { inflateRaw, inflateRawSync } from 'node:zlib';

const inflateInPool = promisify(inflateRaw);

/** Up to here a hand-over to another thread costs more than the work. */
const syncLength = 128 * 1024;
/** Deflate cannot do better than 1 032 to 1; a little for streams of a few bytes. */
const maxRatio = 1040;

/**
 * Decompresses a raw deflate stream (RFC 1951) of which the size is stated; it never makes more than that. Long ones go
 * to the thread pool.
 *
 * @param size - Bytes it should give.
 * @throws Error with the code that node:zlib gives: `ERR_BUFFER_TOO_LARGE` where it holds more, `Z_DATA_ERROR` or
 * `Z_BUF_ERROR` where it is broken or cut off
 */
export async function inflateEntry(compressed: Uint8Array, size: number): Promise<Uint8Array> {
  const possible = Math.min(size, compressed.length * maxRatio);
  const options = {
    // node:zlib takes no limit below 1.
    maxOutputLength: Math.max(size, 1),
    // One buffer for all of it, a byte too long so that a full one asks for no second.
    chunkSize: Math.max(64, possible + 1),
  };
  return size <= syncLength ? inflateRawSync(compressed, options) : inflateInPool(compressed, options);
}
