import type { LiteralFinder } from './literal-finder.ts';

/** The surroundings of a literal. It is valid during the call only; nothing outside `[from, to)` may be looked at. */
export interface TextWindow {
  readonly bytes: Buffer;
  /** First byte of the window in `bytes`. */
  readonly from: number;
  /** First byte of the literal in `bytes`. */
  readonly at: number;
  /** End of the window in `bytes`. */
  readonly to: number;
  /** Position in the text of `bytes[0]`: add it to a position in `bytes` to have one in the text. */
  readonly offset: number;
  /** The line, 1 = first, of a position in `bytes`. */
  lineAt(position: number): number;
}

/** What {@link WindowScanner} looks for, and how much around it. */
export interface WindowScanOptions {
  readonly finder: LiteralFinder;
  /** Bytes in front of a literal that its window has, where the text has them. */
  readonly before: number;
  /** Bytes of a window from the first byte of the literal on. */
  readonly after: number;
  /** Bytes of the text, where they are known: a short text then needs a small buffer only. */
  readonly size?: number;
  /** @returns false to end the scan */
  onHit(literal: number, window: TextWindow): boolean | undefined;
}

/** Bytes that are searched at a time, beside the edges that are kept from one time to the next. */
const stepLength = 64 * 1024;
const lineFeed = 0x0a;

/**
 * Finds literals in a text that arrives in chunks, and shows each with its surroundings. What is found, and what every
 * window holds, is the same however the text is cut. Memory is one buffer of 64 KiB and the two edges of a window.
 */
export class WindowScanner {
  readonly #options: WindowScanOptions;
  readonly #buffer: Buffer;
  readonly #window: { bytes: Buffer; from: number; at: number; to: number; offset: number } & TextWindow;
  #filled = 0;
  /** Where in the buffer the next literal may begin. */
  #next = 0;
  /** Line of the buffer's position `#counted`. */
  #line = 1;
  #counted = 0;
  #stopped = false;

  constructor(options: WindowScanOptions) {
    const { finder, before, after, size = Number.POSITIVE_INFINITY } = options;
    if (after < finder.longest) throw new RangeError(`a window of ${after} bytes cannot hold every literal`);
    this.#options = options;
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(size, before + after + stepLength));
    const lineAt = (position: number): number => this.#lineAt(position);
    this.#window = { bytes: this.#buffer, from: 0, at: 0, to: 0, offset: 0, lineAt };
  }

  /** Takes the next bytes of the text. @returns false once `onHit` has ended the scan */
  push(chunk: Uint8Array): boolean {
    for (let taken = 0; taken < chunk.length && !this.#stopped; ) {
      if (this.#filled === this.#buffer.length) this.#advance();
      const part = chunk.subarray(taken, taken + this.#buffer.length - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
    }
    return !this.#stopped;
  }

  /** Says that the text is complete. */
  end(): void {
    this.#search(this.#filled);
  }

  /** Searches what has its whole window in the buffer, and makes room. */
  #advance(): void {
    const { before, after } = this.#options;
    this.#search(this.#filled - after + 1);
    const dropped = Math.max(0, this.#next - before);
    if (dropped === 0) throw new RangeError('the text is longer than it was said to be');
    this.#lineAt(dropped);
    this.#counted -= dropped;
    this.#buffer.copyWithin(0, dropped, this.#filled);
    this.#filled -= dropped;
    this.#next -= dropped;
    this.#window.offset += dropped;
  }

  /** Reports the literals that begin before `to`. */
  #search(to: number): void {
    if (this.#stopped || to <= this.#next) return;
    const { finder, before, after, onHit } = this.#options;
    const window = this.#window;
    finder.find(this.#buffer.subarray(0, this.#filled), this.#next, to, (literal, at) => {
      if (this.#stopped) return;
      window.from = Math.max(0, at - before);
      window.at = at;
      window.to = Math.min(this.#filled, at + after);
      if (onHit(literal, window) === false) this.#stopped = true;
    });
    this.#next = to;
  }

  /** Counts on from the position that was asked for last; a window that reaches back is counted back. */
  #lineAt(position: number): number {
    const [low, high] = position < this.#counted ? [position, this.#counted] : [this.#counted, position];
    let feeds = 0;
    for (let at = low; at < high; at += 1) if (this.#buffer[at] === lineFeed) feeds += 1;
    this.#line += position < this.#counted ? -feeds : feeds;
    this.#counted = position;
    return this.#line;
  }
}
