import { constants, crc32, createGunzip, createInflateRaw } from 'node:zlib';
import type { BlobSource } from '../blob/blob-source.ts';
import { ExtractError } from '../extract-error.ts';
import { readGzipHeader } from './gzip-header.ts';
import { RewindableInput } from './rewindable-input.ts';
import { runDecoder } from './run-decoder.ts';

/**
 * Twice as fast as the default of 16 KiB. Below 128 KiB malloc uses memory again that was given back; larger buffers it
 * maps anew each time, and the system's zeroing of their pages is a tenth of what a layer costs.
 */
const chunkSize = 96 * 1024;

/** Compressed bytes below which the cost of a decoder of its own shows in a member. */
const smallMember = 256 * 1024;

/** Small members in a row after which the rest goes through one decoder. */
const fewMembers = 16;

/**
 * Inflates a gzip stream of one or more members (RFC 1952).
 *
 * Members are inflated one by one, each with its own decoder: zlib's multi-member mode throws away output it already
 * made when what follows a member is no member. Almost every layer has one. Where many small ones follow each other,
 * as in eStargz, the rest goes through the multi-member mode, which costs nothing for each.
 *
 * What follows the last member is left in the source.
 *
 * @throws ExtractError `GZIP_INVALID`, `TRUNCATED`.
 */
export async function* gunzip(source: BlobSource): AsyncGenerator<Uint8Array> {
  let small = 0;
  do {
    const start = source.offset;
    yield* oneMember(source);
    small = source.offset - start < smallMember ? small + 1 : 0;
  } while ((await startsMember(source)) && small < fewMembers);
  if (small < fewMembers || !(await startsMember(source))) return;

  let repeated = yield* manyMembers(source);
  while (repeated !== undefined && (await startsMember(source))) {
    for await (const chunk of oneMember(source)) {
      if (repeated < chunk.byteLength) yield chunk.subarray(repeated);
      repeated = Math.max(0, repeated - chunk.byteLength);
    }
  }
}

async function startsMember(source: BlobSource): Promise<boolean> {
  const next = await source.take(2);
  source.unshift(next);
  return next[0] === 0x1f && next[1] === 0x8b;
}

/**
 * All members that are left, through one decoder.
 *
 * @returns undefined after the last one; where the decoder failed, the source is put back to the start of an earlier
 * member, for one by one to find out whether that is bad data or only something behind the last member, and the number
 * says how many bytes of what comes from there have been given out already
 */
async function* manyMembers(source: BlobSource): AsyncGenerator<Uint8Array, number | undefined> {
  const decoder = createGunzip({ chunkSize });
  const input = new RewindableInput(source, decoder);
  let failed = false;
  let given = 0;
  const onError = (cause: NodeJS.ErrnoException): ExtractError => {
    failed = true;
    return gzipError(source, cause);
  };
  try {
    for await (const chunk of runDecoder(input, decoder, onError)) {
      given += chunk.byteLength;
      yield chunk;
    }
    return undefined;
  } catch (error) {
    const output = failed ? input.rewind() : undefined;
    if (output === undefined) throw error;
    return given - output;
  }
}

async function* oneMember(source: BlobSource): AsyncGenerator<Uint8Array> {
  await readGzipHeader(source);
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
