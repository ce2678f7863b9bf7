/** One block of a tar archive. */
export const blockSize = 512;

/** Bytes up to the next multiple of a block. */
export function paddedSize(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

/**
 * The bytes of an archive from the end of the last entry on, as far as they have come: what the parser makes of them is
 * checked against them. Holds views of the chunks, and no more than the extended headers in front of one entry and a
 * chunk.
 */
export class UnparsedBytes {
  /** Archive offset of the end of the last entry, padding included. */
  start = 0;
  /** Bytes of the archive that have come. */
  end = 0;
  #chunks: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  append(bytes: Uint8Array): void {
    if (this.end + bytes.byteLength > this.start) this.#chunks.push({ at: this.end, bytes });
    this.end += bytes.byteLength;
  }

  /** Moves to the end of another entry. */
  startAt(offset: number): void {
    this.start = offset;
    while (this.#chunks[0] !== undefined && this.#chunks[0].at + this.#chunks[0].bytes.byteLength <= offset) {
      this.#chunks.shift();
    }
  }

  /** Bytes after the last entry. */
  get length(): number {
    return Math.max(0, this.end - this.start);
  }

  /** Whether a block of zeros follows the last entry: the end of the archive. */
  get isEndMarker(): boolean {
    return this.length >= blockSize && this.#isZero(this.start, this.start + blockSize);
  }

  /** Offset of the first byte behind the last entry that is not zero. */
  firstNonZero(): number | undefined {
    for (const { at, bytes } of this.#chunks) {
      const from = Math.max(0, this.start - at);
      for (let index = from; index < bytes.byteLength; index++) if (bytes[index] !== 0) return at + index;
    }
    return undefined;
  }

  /** The byte at an archive offset at or behind the last entry. */
  byteAt(offset: number): number | undefined {
    const chunk = this.#chunks.find(({ at, bytes }) => offset >= at && offset < at + bytes.byteLength);
    return chunk?.bytes[offset - chunk.at];
  }

  #isZero(from: number, to: number): boolean {
    for (const { at, bytes } of this.#chunks) {
      const last = Math.min(bytes.byteLength, to - at);
      for (let index = Math.max(0, from - at); index < last; index++) if (bytes[index] !== 0) return false;
    }
    return true;
  }
}
