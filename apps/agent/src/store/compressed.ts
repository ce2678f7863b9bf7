import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** More than any record there is; what claims more is damaged. */
const maxBytes = 1024 ** 3;

const params: Record<number, number> = {
  // What takes most room are hashes, which no level makes smaller.
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_checksumFlag]: 1,
};

/** Bytes as a zstd frame with a checksum. */
export function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params });
}

/** @throws Error for bytes that are not what {@link compress} made */
export function decompress(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = zstdDecompressSync(bytes, { maxOutputLength: maxBytes });
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A value as compressed JSON. */
export function compressJson(value: unknown): Uint8Array {
  return compress(Buffer.from(JSON.stringify(value)));
}

/** @throws Error for bytes that are not what {@link compressJson} made */
export function decompressJson(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(decompress(bytes)).toString());
}
