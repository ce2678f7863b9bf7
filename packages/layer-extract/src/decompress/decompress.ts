import { BlobSource } from '../blob/blob-source.ts';
import { declaredCompression } from '../blob/layer-media-type.ts';
import { type ExtractLimits, withDefaultLimits } from '../extract-limits.ts';
import { type CompressionMismatch, decodeBlob } from './decode-blob.ts';

/** Options of {@link decompress}. */
export interface DecompressOptions {
  /** Media type of the blob; without it the first bytes alone decide. */
  readonly mediaType?: string;
  readonly limits?: Partial<ExtractLimits>;
  readonly signal?: AbortSignal;
  /** Called when the first bytes show another compression than the media type declares; theirs is used. */
  readonly onMismatch?: (mismatch: CompressionMismatch) => void;
  /** Called with the blob offset of bytes behind the compressed data that are not padding; they are ignored. */
  readonly onGarbage?: (offset: number) => void;
}

/**
 * The uncompressed bytes of a blob: gzip (RFC 1952, several members too), zstd (RFC 8878, several frames, skippable
 * ones) or plain, told apart by the first bytes as container runtimes do.
 *
 * The source is read to its end, also behind bad content, and an error of the source wins over one of the content.
 * Leaving the loop early closes the source.
 *
 * @throws ExtractError `MEDIA_TYPE_UNKNOWN`, `COMPRESSION_UNSUPPORTED`, `GZIP_INVALID`, `ZSTD_INVALID`, `TRUNCATED`,
 * `LIMIT_EXCEEDED`; the source's errors and the abort reason unchanged.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const { mediaType, signal } = options;
  const declared = mediaType === undefined ? undefined : declaredCompression(mediaType);
  signal?.throwIfAborted();
  const limits = withDefaultLimits(options.limits);
  const blob = new BlobSource(source, signal, limits.idleMs);
  const decoded = decodeBlob(blob, {
    declared,
    limits,
    signal,
    onMismatch: options.onMismatch,
    onGarbage: options.onGarbage,
  });
  try {
    for (let next = await decoded.next(); next.done !== true; next = await decoded.next()) yield next.value;
  } finally {
    // First the decoder, which may be waiting for the source; then the source.
    blob.interrupt();
    await decoded.return(undefined);
    await blob.close();
  }
}
