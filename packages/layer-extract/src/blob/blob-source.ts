import { ExtractError } from '../extract-error.ts';
import { extractLimits } from '../extract-limits.ts';

/** What Node's timers can wait; they fire at once for more. */
const maxTimer = 2 ** 31 - 1;

/** Says that the reader has left while a chunk was awaited. It never leaves this package. */
class Interrupted extends Error {}

/**
 * One pass over a source's bytes with push-back, an offset and prompt cancellation. The decoders take what they need
 * and give back what they did not use; {@link drain} reads on to the end, where a source verifies its digest.
 */
export class BlobSource {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  readonly #idleMs: number;
  #front: Uint8Array | undefined;
  #received: number;
  #ended = false;
  #failure: { readonly reason: unknown } | undefined;
  #interrupted = false;
  #stalled = false;
  #rejectPending: ((reason: unknown) => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Takes the source over; nothing is read yet.
   *
   * @param idleMs the limit of that name; a source that reads another one of this class waits as long as that does
   * @param start where in the stored layer the source begins, in bytes
   */
  constructor(
    source: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
    idleMs: number = extractLimits.idleMs,
    start: number = 0,
  ) {
    this.#idleMs = idleMs;
    this.#received = start;
    this.#iterator = source[Symbol.asyncIterator]();
    this.#signal = signal;
    this.#onAbort = () => this.#giveUp(signal?.reason);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Where in the stored layer the next byte lies: what was taken so far and not given back is in front of it. */
  get offset(): number {
    return this.#received - (this.#front?.byteLength ?? 0);
  }

  /** Whether the source has nothing left to close. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next chunk, never empty; undefined at the end. */
  async pull(): Promise<Uint8Array | undefined> {
    const front = this.#front;
    if (front !== undefined) {
      this.#front = undefined;
      return front;
    }
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.reason;
      if (this.#ended) return undefined;
      const result = await this.#next();
      if (result.done === true) {
        this.#ended = true;
        return undefined;
      }
      if (result.value.byteLength > 0) {
        this.#received += result.value.byteLength;
        return result.value;
      }
    }
  }

  /** Gives back the last bytes taken; they come again. */
  unshift(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#front = this.#front === undefined ? bytes : joined(bytes, this.#front);
  }

  /** The next `length` bytes, fewer only at the end. */
  async take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      const chunk = await this.pull();
      if (chunk === undefined) break;
      parts.push(chunk.subarray(0, missing));
      this.unshift(chunk.subarray(missing));
      missing -= Math.min(missing, chunk.byteLength);
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** Reads and forgets everything that is left. Throws what the source throws. */
  async drain(): Promise<void> {
    while ((await this.pull()) !== undefined);
  }

  /** Makes a pending and every later {@link pull} fail at once, so that a decoder can stop before {@link close}. */
  interrupt(): void {
    this.#interrupted = true;
    this.#giveUp(new Interrupted());
  }

  /** Closes the source. After an abort or a stall it is not waited for: it may be the very thing that hangs. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    clearTimeout(this.#timer);
    if (this.#ended) return;
    this.#ended = true;
    const closing = Promise.resolve(this.#iterator.return?.());
    if (this.#signal?.aborted === true || this.#stalled) {
      closing.catch(() => undefined); // the abort reason, or the stall, is what the caller gets
      return;
    }
    await closing;
  }

  #next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#signal?.aborted === true) return Promise.reject(this.#signal.reason);
    if (this.#interrupted) return Promise.reject(new Interrupted());
    return new Promise((resolve, reject) => {
      // An empty chunk is no progress: the timer goes on over it.
      this.#timer ??= setTimeout(() => this.#stall(), Math.min(this.#idleMs, maxTimer));
      // No closure around it: that would keep the last chunk for as long as the next one is waited for (35 MB in all).
      this.#rejectPending = reject;
      this.#iterator.next().then(
        (result) => {
          this.#settle(result.done !== true && result.value.byteLength === 0);
          resolve(result);
        },
        (error: unknown) => {
          this.#settle();
          this.#ended = true;
          // Kept, since the one who waited for this chunk may have stopped listening.
          this.#failure = { reason: this.#signal?.aborted === true ? this.#signal.reason : error };
          reject(this.#failure.reason);
        },
      );
    });
  }

  #settle(keepTimer = false): void {
    this.#rejectPending = undefined;
    if (keepTimer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #stall(): void {
    const { offset } = this;
    this.#stalled = true;
    const what = `nothing came for longer than limit idleMs ${this.#idleMs}`;
    const reason = new ExtractError('LIMIT_EXCEEDED', `layer, blob offset ${offset}: ${what}`, {
      offset,
      hint: 'the source hangs: try again, or give a higher limit',
    });
    this.#failure ??= { reason };
    this.#giveUp(reason);
    this.#timer = undefined;
  }

  /** Lets the one who waits for a chunk go. */
  #giveUp(reason: unknown): void {
    const reject = this.#rejectPending;
    if (reject === undefined) return;
    this.#settle();
    reject(reason);
  }
}

/** One after the other; mostly they were one chunk before, and then nothing is copied. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const end = first.byteOffset + first.byteLength;
  if (first.buffer !== second.buffer || end !== second.byteOffset) return Buffer.concat([first, second]);
  return new Uint8Array(first.buffer, first.byteOffset, first.byteLength + second.byteLength);
}
