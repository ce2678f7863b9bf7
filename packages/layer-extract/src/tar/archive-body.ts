import { paddedSize } from './block.ts';
import type { ChunkCursor } from './chunk-cursor.ts';
import type { TarBody } from './tar-entry.ts';
import { truncatedTar } from './tar-error.ts';

/** The bytes of a body as they stand in the archive. */
export class ArchiveBody implements TarBody {
  gone = false;
  /** Bytes not yet read. */
  missing: number;
  /** Bytes between the body and the next header. */
  readonly padding: number;
  readonly #cursor: ChunkCursor;
  readonly #fail: (error: unknown) => unknown;

  constructor(cursor: ChunkCursor, size: number, fail: (error: unknown) => unknown) {
    this.#cursor = cursor;
    this.#fail = fail;
    this.missing = size;
    this.padding = paddedSize(size) - size;
  }

  peek(length: number): Uint8Array | undefined {
    return this.gone ? undefined : this.#cursor.peek(Math.min(length, this.missing));
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.missing === 0) return undefined;
    try {
      if (this.#cursor.available === 0 && !(await this.#cursor.pull())) throw truncatedTar(this.#cursor.offset);
    } catch (error) {
      throw this.#fail(error);
    }
    const bytes = this.#cursor.lend(this.missing);
    this.missing -= bytes.byteLength;
    return bytes;
  }
}
