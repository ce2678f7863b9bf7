const chunkBytes = 64 * 1024;

/**
 * Gathers pieces into chunks: an archive of small files is hundreds of thousands of pieces, and whoever reads it pays for
 * each chunk. Each chunk is a buffer of its own.
 */
export class GatheredChunks {
  #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #length = 0;

  /** Where the next bytes go; never empty. */
  get space(): Buffer {
    return this.#chunk.subarray(this.#length);
  }

  /** Takes the first bytes of {@link space}, which have been written. @returns the chunk that is full with them */
  take(length: number): Uint8Array | undefined {
    this.#length += length;
    return this.#length === chunkBytes ? this.rest() : undefined;
  }

  /** What has been gathered; undefined where that is nothing. */
  rest(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    const chunk = this.#chunk.subarray(0, this.#length);
    this.#chunk = Buffer.allocUnsafeSlow(chunkBytes);
    this.#length = 0;
    return chunk;
  }
}
