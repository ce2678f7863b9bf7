import { RuntimeError } from '../runtime-error.ts';

/** Takes bytes from the front of a stream, so many at a time; chunks are passed on without being copied. */
export class ChunkReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #where: string;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>, where: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#where = where;
  }

  /** Between 1 and `limit` bytes, or none at the end of the stream. */
  async some(limit: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#source.next();
      if (done) return this.#rest;
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /**
   * Exactly so many bytes, or `undefined` where the stream ends before the first.
   *
   * @throws RuntimeError `UNAVAILABLE` where it ends among them: the runtime failed while it wrote
   */
  async exactly(count: number): Promise<Buffer | undefined> {
    const bytes = Buffer.allocUnsafe(count);
    for (let at = 0; at < count; ) {
      const part = await this.some(count - at);
      if (part.length === 0) {
        if (at === 0) return undefined;
        throw this.cut();
      }
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** The error for a stream that ends too early. */
  cut(): RuntimeError {
    return new RuntimeError('UNAVAILABLE', `${this.#where}: the archive breaks off`, { retryable: true });
  }

  /** Gives the source back. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
