import { RegistryError } from '../error.ts';

/** Reads a blob from its start, verified; every call reads it anew. */
export type OpenBlob = (signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>;

/**
 * Passes a stream on, one chunk behind. A verified stream fails where it ends, so nobody gets the whole of a content that
 * is not what it was promised to be.
 */
async function* holdBack(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array | undefined;
  for await (const chunk of source) {
    if (held !== undefined && held.length > 0) yield held;
    held = chunk;
  }
  if (held !== undefined) yield held;
}

/** A source that has been read up to `position`, with what was read too far. */
interface OpenSource {
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  position: number;
  ahead: Uint8Array;
}

async function nextChunk(source: OpenSource): Promise<Uint8Array> {
  if (source.ahead.length > 0) return source.ahead;
  for (;;) {
    const next = await source.chunks.next();
    if (next.done) throw new RegistryError('SIZE_INVALID', 'blob: it ended before its size', { retryable: true });
    if (next.value.length > 0) return next.value;
  }
}

/** Takes at most so many bytes from a source. */
async function take(source: OpenSource, most: number): Promise<Uint8Array> {
  const chunk = await nextChunk(source);
  const taken = chunk.subarray(0, most);
  source.ahead = chunk.subarray(taken.length);
  source.position += taken.length;
  return taken;
}

/**
 * Reads ranges of a blob one after the other out of one pass over it. A range that does not follow the one before, because
 * that one has to be sent again, opens the blob anew and skips forward.
 */
export class UploadCursor {
  readonly #open: OpenBlob;
  #idle: OpenSource | undefined;

  constructor(open: OpenBlob) {
    this.#open = open;
  }

  /** The bytes `[start, end)`. Leaving the loop early closes the source. */
  async *read(
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const source = await this.#at(start, signal);
    let isWhole = false;
    try {
      while (source.position < start) await take(source, start - source.position);
      while (source.position < end) yield await take(source, end - source.position);
      isWhole = true;
    } finally {
      if (isWhole) this.#idle = source;
      else await source.chunks.return();
    }
  }

  /** Closes the source. */
  async close(): Promise<void> {
    const idle = this.#idle;
    this.#idle = undefined;
    await idle?.chunks.return();
  }

  async #at(start: number, signal: AbortSignal | undefined): Promise<OpenSource> {
    const idle = this.#idle;
    this.#idle = undefined;
    if (idle?.position === start) return idle;
    await idle?.chunks.return();
    return { chunks: holdBack(this.#open(signal)), position: 0, ahead: new Uint8Array(0) };
  }
}
