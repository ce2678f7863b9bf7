import type { BlobSource } from '../blob/blob-source.ts';
import type { Compression } from '../blob/layer-media-type.ts';
import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { firstNonZero } from './first-non-zero.ts';
import { gunzip } from './gunzip.ts';
import { sniffCompression, sniffLength } from './sniff-compression.ts';
import { unzstd } from './unzstd.ts';

/** The blob's bytes are compressed in another way than its media type says. */
export interface CompressionMismatch {
  readonly declared: Compression;
  readonly found: Compression;
}

/** How {@link decodeBlob} works and whom it tells. */
export interface DecodeOptions {
  /** What the media type declares; undefined takes the first bytes' word. */
  readonly declared: Compression | undefined;
  readonly limits: ExtractLimits;
  readonly signal: AbortSignal | undefined;
  readonly onMismatch: ((mismatch: CompressionMismatch) => void) | undefined;
  /** Called with the blob offset of bytes, other than zeros, that follow the compressed data and are ignored. */
  readonly onGarbage: ((offset: number) => void) | undefined;
}

/**
 * The decompressed bytes of a blob. Reads the source to its very end, and also when the content turns out to be bad:
 * a source that verifies its digest then has the last word, so that a byte flipped on the way is reported as that and
 * not as bad compression. The source is not closed.
 */
export async function* decodeBlob(source: BlobSource, options: DecodeOptions): AsyncGenerator<Uint8Array> {
  const { limits, signal } = options;
  let total = 0;
  try {
    for await (const chunk of decoded(source, options)) {
      signal?.throwIfAborted();
      total += chunk.byteLength;
      const excess = excessOf(total, source.offset, limits);
      if (excess !== undefined) {
        source.interrupt(); // "no further": the decoder must not wait for another chunk before it is freed
        throw excess;
      }
      yield chunk;
    }
  } catch (error) {
    // Where the source has an error at its end, it is thrown here: it explains the other.
    if (blamesContent(error)) await source.drain();
    throw error;
  }
}

/** Whether an error says that the bytes are bad, which the end of their source may know better. */
export function blamesContent(error: unknown): boolean {
  return error instanceof ExtractError && error.code !== 'LIMIT_EXCEEDED';
}

async function* decoded(source: BlobSource, options: DecodeOptions): AsyncGenerator<Uint8Array> {
  const head = await source.take(sniffLength);
  source.unshift(head);
  const found = sniffCompression(head);
  if (found !== 'none' && found !== 'gzip' && found !== 'zstd') {
    throw new ExtractError('COMPRESSION_UNSUPPORTED', `layer, offset 0: ${found} data, only gzip and zstd are read`, {
      offset: 0,
    });
  }
  const { declared } = options;
  if (declared !== undefined && declared !== found) {
    if (head.byteLength === 0) {
      throw new ExtractError('TRUNCATED', `layer, blob offset 0: empty where ${declared} is declared`, { offset: 0 });
    }
    options.onMismatch?.({ declared, found });
  }
  if (found === 'none') yield* plain(source);
  else {
    yield* found === 'gzip' ? gunzip(source) : unzstd(source, options.limits);
    await passTrailer(source, options.onGarbage);
  }
}

async function* plain(source: BlobSource): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.pull(); chunk !== undefined; chunk = await source.pull()) yield chunk;
}

/** Reads what follows compressed data: padding as some writers leave, or bytes that other readers pass over too. */
async function passTrailer(source: BlobSource, onGarbage: ((offset: number) => void) | undefined): Promise<void> {
  let garbage = false;
  for (
    let at = source.offset, chunk = await source.pull();
    chunk !== undefined;
    at = source.offset, chunk = await source.pull()
  ) {
    if (garbage) continue;
    const index = firstNonZero(chunk);
    garbage = index >= 0;
    if (garbage) onGarbage?.(at + index);
  }
}

function excessOf(total: number, compressed: number, limits: ExtractLimits): ExtractError | undefined {
  if (total > limits.totalBytes) return exceeded(total, `more than limit totalBytes ${limits.totalBytes}`);
  if (total <= limits.ratioFloorBytes || total <= limits.ratio * compressed) return undefined;
  return exceeded(total, `${compressed} bytes unpack to more than limit ratio ${limits.ratio} allows`);
}

function exceeded(offset: number, what: string): ExtractError {
  return new ExtractError('LIMIT_EXCEEDED', `layer, decompressed offset ${offset}: ${what}`, { offset });
}
