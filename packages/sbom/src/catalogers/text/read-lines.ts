/** How much of a text a reader is willing to take. */
export interface LineLimits {
  /** Bytes of one line; what a longer line has beyond that is skipped. */
  readonly lineBytes: number;
  /** Bytes of the whole text. */
  readonly totalBytes: number;
}

/** Why {@link readLines} came back: at the end, because `onLine` had enough, or at the limit of the whole text. */
export type LinesEnd = 'end' | 'stopped' | 'too-large';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = '\u{feff}';

/**
 * Hands each line of a UTF-8 text to `onLine`, without its line end (LF or CRLF) and without a byte order mark. Bytes
 * that are not UTF-8 become U+FFFD and harm nothing else. Each line is a string of its own, so that keeping a part of
 * one keeps no chunk alive.
 *
 * @param onLine - Called at once as lines arrive; returning `false` ends the reading.
 */
export async function readLines(
  source: AsyncIterable<Uint8Array>,
  limits: LineLimits,
  onLine: (line: string) => boolean | undefined,
): Promise<LinesEnd> {
  const splitter = new LineSplitter(limits.lineBytes, onLine);
  let total = 0;
  for await (const chunk of source) {
    total += chunk.byteLength;
    if (total > limits.totalBytes) return 'too-large';
    if (!splitter.push(chunk)) return 'stopped';
  }
  return splitter.end() ? 'end' : 'stopped';
}

/** {@link readLines} for a text that is in memory already. */
export function splitLines(text: string, onLine: (line: string) => boolean | undefined): void {
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const line = text.slice(start, end > start && text[end - 1] === '\r' ? end - 1 : end);
    if (onLine(start === 0 && line.startsWith(byteOrderMark) ? line.slice(1) : line) === false) return;
    start = end + 1;
  }
}

/** Cuts chunks at line feeds; of a line that spans chunks it keeps at most `lineBytes`. */
class LineSplitter {
  readonly #lineBytes: number;
  readonly #onLine: (line: string) => boolean | undefined;
  #started: Buffer[] = [];
  #startedBytes = 0;
  #first = true;

  constructor(lineBytes: number, onLine: (line: string) => boolean | undefined) {
    this.#lineBytes = lineBytes;
    this.#onLine = onLine;
  }

  /** @returns false when the receiver had enough */
  push(chunk: Uint8Array): boolean {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      if (!this.#emit(bytes, start, end)) return false;
      start = end + 1;
    }
    this.#carry(bytes.subarray(start));
    return true;
  }

  /** The last line, where no line feed ends it. */
  end(): boolean {
    return this.#startedBytes === 0 || this.#emit(Buffer.alloc(0), 0, 0);
  }

  #emit(bytes: Buffer, start: number, end: number): boolean {
    let [line, from, to] = [bytes, start, end];
    if (this.#startedBytes > 0) {
      this.#carry(bytes.subarray(start, end));
      line = Buffer.concat(this.#started);
      [from, to] = [0, line.length];
      this.#started = [];
      this.#startedBytes = 0;
    }
    if (to > from && line[to - 1] === carriageReturn) to -= 1;
    let text = line.toString('utf8', from, Math.min(to, from + this.#lineBytes));
    if (this.#first && text.startsWith(byteOrderMark)) text = text.slice(1);
    this.#first = false;
    return this.#onLine(text) !== false;
  }

  /** Copies, since the chunk's memory may be used again. */
  #carry(part: Buffer): void {
    const room = this.#lineBytes - this.#startedBytes;
    if (part.length === 0 || room <= 0) return;
    this.#started.push(Buffer.from(part.subarray(0, room)));
    this.#startedBytes += Math.min(part.length, room);
  }
}
