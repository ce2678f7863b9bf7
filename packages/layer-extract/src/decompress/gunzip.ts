import { constants, crc32, createGunzip, createInflateRaw } from 'node:zlib';
import type { BlobSource } from '../blob/blob-source.ts';
import { ExtractError } from '../extract-error.ts';
import { readGzipHeader } from './gzip-header.ts';
import { runDecoder } from './run-decoder.ts';

/** Twice as fast as the default of 16 KiB; more gains nothing. */
const chunkSize = 256 * 1024;

/**
 * Inflates a gzip stream of one or more members (RFC 1952).
 *
 * The first member is inflated by itself: zlib's multi-member mode throws away output it already made when what
 * follows a member is no member. Almost every layer has one. Further members, such as eStargz has by the thousand,
 * go through the multi-member mode, which costs nothing for each.
 *
 * What follows the last member is left in the source.
 *
 * @throws ExtractError `GZIP_INVALID`, `TRUNCATED`.
 */
export async function* gunzip(source: BlobSource): AsyncGenerator<Uint8Array> {
  await readGzipHeader(source);
  yield* firstMember(source);
  const next = await source.take(2);
  source.unshift(next);
  if (next[0] !== 0x1f || next[1] !== 0x8b) return;
  yield* runDecoder(source, createGunzip({ chunkSize }), (cause) => gzipError(source, cause));
}

async function* firstMember(source: BlobSource): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  let length = 0;
  for await (const chunk of runDecoder(source, createInflateRaw({ chunkSize }), (cause) => gzipError(source, cause))) {
    checksum = crc32(chunk, checksum);
    length = (length + chunk.byteLength) >>> 0;
    yield chunk;
  }
  const { offset } = source;
  const trailer = await source.take(8);
  if (trailer.byteLength < 8) throw truncatedGzip(source.offset);
  const view = new DataView(trailer.buffer, trailer.byteOffset, 8);
  if (view.getUint32(0, true) !== checksum || view.getUint32(4, true) !== length) {
    throw new ExtractError('GZIP_INVALID', `gzip trailer, offset ${offset}: checksum or length does not match`, {
      offset,
    });
  }
}

function gzipError(source: BlobSource, cause: NodeJS.ErrnoException): ExtractError {
  const { offset } = source;
  if (cause.errno === constants.Z_BUF_ERROR) return truncatedGzip(offset, cause);
  return new ExtractError('GZIP_INVALID', `gzip data, before offset ${offset}: ${cause.message}`, { cause, offset });
}

function truncatedGzip(offset: number, cause?: unknown): ExtractError {
  return new ExtractError('TRUNCATED', `gzip data, blob offset ${offset}: the blob ends inside a member`, {
    offset,
    cause,
  });
}
