import { SbomError } from '../../sbom-error.ts';

/**
 * A parser that says what it wants next and is given it, so that the same parser reads a stream and a buffer and never
 * holds more than it asked for. A positive number asks for that many bytes (fewer come only at the end), a negative one
 * skips as many, and a pattern skips to behind its next occurrence (nothing comes where there is none). What was given is
 * the source's and valid until the next demand only.
 */
export type Pull<T = void> = Generator<number | Buffer, T, Buffer>;

/** Bytes that a parser may ask for at once. */
export const maxPull: number = 16 * 1024 * 1024;

const nothing: Buffer = Buffer.alloc(0);

/** Feeds a parser with chunks. What the parser throws ends it and is kept in `error`. */
export class PullFeed {
  /** What the parser threw. */
  error: unknown;
  readonly #parser: Pull;
  #demand: number | Buffer | undefined;
  #unread: Buffer = nothing;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(parser: Pull) {
    this.#parser = parser;
    this.#advance(nothing, true);
  }

  /** Whether the parser wants nothing more. */
  get done(): boolean {
    return this.#demand === undefined;
  }

  /** Hands over the next bytes; the chunk may be written to again afterwards. */
  push(chunk: Uint8Array): void {
    if (this.done) return;
    this.#waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#waitingBytes += chunk.byteLength;
    const wanted = typeof this.#demand === 'number' && this.#demand > 0 ? this.#demand : 0;
    if (this.#unread.length + this.#waitingBytes >= wanted) {
      this.#join();
      this.#run(false);
    }
    this.#own();
  }

  /** Says that there are no more bytes. */
  end(): void {
    this.#join();
    this.#run(true);
  }

  #run(atEnd: boolean): void {
    while (this.#demand !== undefined && this.#meet(this.#demand, atEnd));
  }

  /** @returns false where the demand cannot be met before more bytes come */
  #meet(demand: number | Buffer, atEnd: boolean): boolean {
    if (typeof demand !== 'number') return this.#find(demand, atEnd);
    if (demand < 0) {
      const skipped = Math.min(-demand, this.#unread.length);
      this.#unread = this.#unread.subarray(skipped);
      if (skipped === -demand || atEnd) return this.#advance(nothing);
      this.#demand = demand + skipped;
      return false;
    }
    if (this.#unread.length < demand && !atEnd) return false;
    const taken = this.#unread.subarray(0, demand);
    this.#unread = this.#unread.subarray(demand);
    return this.#advance(taken);
  }

  #find(pattern: Buffer, atEnd: boolean): boolean {
    const at = this.#unread.indexOf(pattern);
    if (at >= 0) {
      this.#unread = this.#unread.subarray(at + pattern.length);
      return this.#advance(pattern);
    }
    this.#unread = this.#unread.subarray(Math.max(0, this.#unread.length - pattern.length + 1));
    return atEnd && this.#advance(nothing);
  }

  #advance(given: Buffer, first = false): boolean {
    try {
      const { value, done } = first ? this.#parser.next() : this.#parser.next(given);
      this.#demand = done === true ? undefined : value;
      if (typeof value === 'number' && value > maxPull) throw new SbomError('FILE_TOO_LARGE', `${value} bytes at once`);
    } catch (error) {
      this.#demand = undefined;
      this.error = error;
    }
    if (this.done) this.#unread = nothing;
    return true;
  }

  #join(): void {
    if (this.#waiting.length === 0) return;
    const [only] = this.#waiting;
    this.#unread =
      this.#unread.length === 0 && this.#waiting.length === 1
        ? (only as Buffer)
        : Buffer.concat([this.#unread, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** A chunk belongs to its source, so what is kept of it is copied. */
  #own(): void {
    if (this.done) {
      this.#waiting = [];
      this.#unread = nothing;
    } else if (this.#waiting.length > 0) this.#waiting.push(Buffer.from(this.#waiting.pop() as Buffer));
    else this.#unread = Buffer.from(this.#unread);
  }
}

/** Runs a parser over bytes in memory. @throws what the parser throws */
export function pullFrom(bytes: Uint8Array, parser: Pull): void {
  const feed = new PullFeed(parser);
  feed.push(bytes);
  feed.end();
  if (feed.error !== undefined) throw feed.error;
}

/** Exactly `length` bytes. @throws SbomError `MALFORMED` at the end of the file */
export function* take(length: number): Pull<Buffer> {
  if (length === 0) return nothing;
  const bytes = yield length;
  if (bytes.length < length) throw new SbomError('MALFORMED', 'it ends in the middle of its header');
  return bytes;
}

/** A number of 64 bits, little endian. @throws SbomError `MALFORMED` beyond what a number holds exactly */
export function* takeSize(): Pull<number> {
  const size = (yield* take(8)).readBigUInt64LE();
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new SbomError('MALFORMED', `${size} is no size`);
  return Number(size);
}
