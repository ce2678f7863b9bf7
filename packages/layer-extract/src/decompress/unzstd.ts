import { constants, createZstdDecompress } from 'node:zlib';
import type { BlobSource } from '../blob/blob-source.ts';
import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { runDecoder } from './run-decoder.ts';
import { ZstdFrames } from './zstd-frames.ts';

const chunkSize = 96 * 1024;

/**
 * Decompresses zstd frames (RFC 8878), skippable ones between them passed over. What follows the last frame is left
 * in the source.
 *
 * @throws ExtractError `ZSTD_INVALID`, `TRUNCATED`, and `LIMIT_EXCEEDED` for a window above `windowLogMax`.
 */
export async function* unzstd(source: BlobSource, limits: ExtractLimits): AsyncGenerator<Uint8Array> {
  const params = { [constants.ZSTD_d_windowLogMax]: limits.windowLogMax };
  const frames = new ZstdFrames(source, limits);
  // Skippable frames alone stand for no content; the decoder would take that for a frame cut off.
  if (!(await frames.startsFrame())) return;
  yield* runDecoder(frames, createZstdDecompress({ chunkSize, params }), (cause) => zstdError(source, limits, cause));
  if (frames.leftOver) {
    const { offset } = source;
    throw new ExtractError('ZSTD_INVALID', `zstd data, before offset ${offset}: a frame ends before its blocks do`, {
      offset,
    });
  }
}

function zstdError(source: BlobSource, limits: ExtractLimits, cause: NodeJS.ErrnoException): ExtractError {
  const { offset } = source;
  const options = { cause, offset };
  if (cause.code === 'ZSTD_error_frameParameter_windowTooLarge') {
    const what = `window larger than limit windowLogMax ${limits.windowLogMax}`;
    return new ExtractError('LIMIT_EXCEEDED', `zstd frame, before blob offset ${offset}: ${what}`, options);
  }
  if (cause.code === 'Z_BUF_ERROR') {
    return new ExtractError('TRUNCATED', `zstd data, blob offset ${offset}: the blob ends inside a frame`, options);
  }
  return new ExtractError('ZSTD_INVALID', `zstd data, before offset ${offset}: ${cause.message}`, options);
}
