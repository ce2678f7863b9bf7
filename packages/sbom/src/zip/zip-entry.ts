/** One entry of a zip archive, as the central directory states it: nothing in it is proven until it is read. */
export interface ZipEntry {
  /** Path inside the archive, as written; bytes that are not UTF-8 become U+FFFD. */
  readonly name: string;
  /** Bytes in the archive. */
  readonly compressedSize: number;
  /** Bytes after decompression. */
  readonly size: number;
  /** CRC-32 of the decompressed bytes, unsigned. */
  readonly crc32: number;
  /** Compression method: 0 stored, 8 deflate; others are in APPNOTE 4.4.5. */
  readonly method: number;
  /** Position of the local header in the file, counted from its first byte. */
  readonly offset: number;
  /** Why nobody here can read the entry. */
  readonly unreadable?: 'encrypted' | 'method';
}

/** Why a directory was not read to its end. */
export interface ZipDefect {
  readonly code: 'malformed' | 'too-large';
  /** One sentence for people. */
  readonly reason: string;
}
