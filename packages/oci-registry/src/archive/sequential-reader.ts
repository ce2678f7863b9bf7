/** Reads bytes of a file at a position into a buffer; resolves to how many there were. */
export type ReadAt = (buffer: Buffer, position: number) => Promise<number>;

/** Reads forward through bytes. */
export interface SequentialReader {
  /** Bytes passed so far. */
  readonly position: number;
  /** The next `length` bytes, fewer only at the end. */
  read(length: number): Promise<Buffer>;
  /** Passes over bytes; resolves to false where the end comes before. */
  skip(length: number): Promise<boolean>;
  /** Frees what the reader holds. */
  close(): Promise<void>;
}

/** Reads from an open file; what is skipped is not read. Does not close the file. */
export class FileReader implements SequentialReader {
  position = 0;
  readonly #readAt: ReadAt;
  readonly #size: number;

  constructor(readAt: ReadAt, size: number) {
    this.#readAt = readAt;
    this.#size = size;
  }

  async read(length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#size - this.position)));
    const bytesRead = await this.#readAt(buffer, this.position);
    this.position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  skip(length: number): Promise<boolean> {
    this.position += length;
    return Promise.resolve(this.position <= this.#size);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Reads from a stream of chunks. */
export class ChunkReader implements SequentialReader {
  position = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async read(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0 && (await this.#fill())) {
      const part = this.#rest.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      this.#advance(part.length);
    }
    return Buffer.concat(parts);
  }

  async skip(length: number): Promise<boolean> {
    let missing = length;
    while (missing > 0 && (await this.#fill())) {
      const passed = Math.min(missing, this.#rest.length);
      missing -= passed;
      this.#advance(passed);
    }
    return missing === 0;
  }

  /** The next `length` bytes as they come, fewer only at the end. They are not copied. */
  async *stream(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    let missing = length;
    while (missing > 0 && (await this.#fill())) {
      const part = this.#rest.subarray(0, missing);
      missing -= part.length;
      this.#advance(part.length);
      yield part;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #advance(length: number): void {
    this.#rest = this.#rest.subarray(length);
    this.position += length;
  }

  /** Makes sure that there is a byte; false at the end. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }
}
