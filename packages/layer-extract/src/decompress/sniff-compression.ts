import type { Compression } from '../blob/layer-media-type.ts';

/** A compression by its first bytes; the unsupported ones by name only. */
export type SniffedCompression = Compression | 'bzip2' | 'xz' | 'lz4' | 'lzip';

/** Bytes that {@link sniffCompression} wants to see. */
export const sniffLength = 512;

/**
 * Tells the compression by the first bytes of a blob, as container runtimes do. What is nothing else is taken for
 * plain: the tar reader then decides.
 */
export function sniffCompression(head: Uint8Array): SniffedCompression {
  if (startsWith(head, 0x1f, 0x8b)) return 'gzip';
  if (isZstdMagic(head)) return 'zstd';
  // A tar may begin with a file called `BZh9…`: its header says more than the first bytes of a name.
  if (isUstar(head)) return 'none';
  if (startsWith(head, 0x42, 0x5a, 0x68)) return 'bzip2';
  if (startsWith(head, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  if (startsWith(head, 0x04, 0x22, 0x4d, 0x18)) return 'lz4';
  if (startsWith(head, 0x4c, 0x5a, 0x49, 0x50)) return 'lzip';
  return 'none';
}

/** Whether a zstd or skippable frame begins here (RFC 8878, 3.1). */
export function isZstdMagic(head: Uint8Array): boolean {
  return startsWith(head, 0x28, 0xb5, 0x2f, 0xfd) || isSkippableMagic(head);
}

/** Whether a skippable frame begins here (RFC 8878, 3.1.2). */
export function isSkippableMagic(head: Uint8Array): boolean {
  return head.byteLength >= 4 && (head[0]! & 0xf0) === 0x50 && startsWith(head.subarray(1), 0x2a, 0x4d, 0x18);
}

function isUstar(head: Uint8Array): boolean {
  return startsWith(head.subarray(257), 0x75, 0x73, 0x74, 0x61, 0x72);
}

function startsWith(bytes: Uint8Array, ...magic: number[]): boolean {
  return bytes.byteLength >= magic.length && magic.every((byte, index) => bytes[index] === byte);
}
