import { SpentChunks } from './spent-chunks.ts';

/** Reads a stream of chunks piece by piece; pieces are views of the chunks wherever they lie in one. */
export class ChunkCursor {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #chunkStart = 0;
  readonly #spent: SpentChunks;
  #lent = false;

  /** @param owned whether chunks are given back once nobody needs them, see {@link SpentChunks} */
  constructor(source: AsyncIterable<Uint8Array>, owned: () => boolean) {
    this.#source = source[Symbol.asyncIterator]();
    this.#spent = new SpentChunks(owned);
  }

  /** Offset in the stream of the next byte. */
  get offset(): number {
    return this.#chunkStart + this.#at;
  }

  /** Bytes that can be taken without waiting. */
  get available(): number {
    return this.#chunk.byteLength - this.#at;
  }

  /** Waits for the next chunk once all bytes are taken. @returns false at the end of the stream */
  async pull(): Promise<boolean> {
    while (this.available === 0) {
      const { done, value } = await this.#source.next();
      if (done) return false;
      this.#chunkStart += this.#chunk.byteLength;
      this.#spent.add(this.#chunk, this.#lent);
      this.#lent = false;
      this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      this.#at = 0;
    }
    return true;
  }

  /** Copies the next bytes and leaves them where they are; undefined where that would mean to wait. */
  peek(length: number): Uint8Array | undefined {
    if (this.available < length) return undefined;
    return Uint8Array.prototype.slice.call(this.#chunk, this.#at, this.#at + length);
  }

  /** As {@link take}, for as long as the caller likes. */
  lend(length: number): Buffer {
    this.#lent = true;
    return this.take(length);
  }

  /** The next bytes without waiting: at most `length`, as many as are there. They are valid until the next wait. */
  take(length: number): Buffer {
    const from = this.#at;
    this.#at = Math.min(from + length, this.#chunk.byteLength);
    return this.#chunk.subarray(from, this.#at);
  }

  /** The next `length` bytes, copied together from several chunks; fewer only at the end of the stream. */
  async takeAcross(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0 && (await this.pull()); ) {
      const part = this.take(missing);
      parts.push(part);
      missing -= part.byteLength;
    }
    return Buffer.concat(parts);
  }

  /** Takes as many bytes as `target` has room for, which must be at hand, and copies them there. */
  copyTo(target: Uint8Array): void {
    this.#at += this.#chunk.copy(target, 0, this.#at, this.#at + target.byteLength);
  }

  /** The byte so far behind the next one, which must be at hand. */
  byteAt(distance: number): number {
    return this.#chunk[this.#at + distance]!;
  }

  /** Passes over bytes that are at hand. */
  pass(length: number): void {
    this.#at += length;
  }

  /** Passes over `length` bytes. @returns how many were there before the stream ended */
  async skip(length: number): Promise<number> {
    let missing = length;
    while (missing > 0 && (await this.pull())) {
      const step = Math.min(missing, this.available);
      this.#at += step;
      missing -= step;
    }
    return length - missing;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
