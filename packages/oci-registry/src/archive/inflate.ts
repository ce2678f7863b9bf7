import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';

/** How a stream is compressed. */
export type Compression = 'gzip' | 'zstd';

/** A decompressor of Node's zlib. */
export type Inflater = Gunzip | ZstdDecompress;

/** zlib's own default of 16 KiB halves its speed. */
const chunkSize = 256 * 1024;

/** Whether bytes begin as gzip does (RFC 1952 §2.3.1). */
function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** How bytes are compressed, by how they begin; `undefined` where they are not (RFC 8878 §3.1.1 for zstd). */
export function compressionOf(head: Uint8Array): Compression | undefined {
  if (isGzip(head)) return 'gzip';
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  return isZstd ? 'zstd' : undefined;
}

/** Makes a decompressor that one writes compressed bytes to. */
export function createInflate(compression: Compression): Inflater {
  return compression === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize });
}

/** Decompresses a stream. Leaving the loop early leaves the source, too. */
export async function* inflate(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflater = createInflate(compression);
  // Settles always: what fails in the pipeline also fails the iteration below.
  const fed = pipeline(source, inflater).catch((error: unknown) => error);
  try {
    for await (const chunk of inflater) yield chunk as Uint8Array;
  } finally {
    inflater.destroy();
    await fed;
  }
}
