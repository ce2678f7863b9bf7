import type { TextWindow } from '../../scan-text/window-scanner.ts';
import { acceptSecret } from './accept-secret.ts';
import { ruleWindow, type SecretRule } from './secret-rule.ts';

/** Characters of a name that are looked at. */
const maxNameLength = 96;
/** Bytes in front of an anchor that a rule, and the name in front of its match, may need. */
export const bytesBefore = 512;

/** A match, by positions in the bytes of its window. */
export interface RuleMatch {
  readonly start: number;
  readonly end: number;
  /** Clear text, one character for each byte. It goes no further than the hash and the mask. */
  readonly secret: string;
  readonly name?: string | undefined;
}

/** The text that rules look at, decoded once for all rules of one anchor. */
export class AnchorText {
  readonly #window: TextWindow;
  readonly #wordStart: number;
  readonly #isCode: boolean;
  #first = 0;
  #slice: string | undefined;
  #sliceWindow = 0;

  /** @param isCode whether the text is a program, where a word without quotes is a name */
  constructor(window: TextWindow, isCode: boolean) {
    this.#window = window;
    this.#isCode = isCode;
    this.#wordStart = wordStart(window.bytes, window.at, Math.max(window.from, window.at - maxNameLength));
  }

  /** What a rule finds here. */
  match({ pattern, from, window = ruleWindow, form }: SecretRule): RuleMatch | undefined {
    const { bytes, at, from: lowest } = this.#window;
    const begin = from === 'anchor' ? at : this.#wordStart;
    const slice = this.#decode(window);
    pattern.lastIndex = begin - this.#first;
    const groups = pattern.exec(slice)?.groups;
    const secret = groups?.secret;
    if (secret === undefined) return undefined;
    const end = this.#first + pattern.lastIndex;
    const bareInCode = this.#isCode && !isInString(bytes, end - secret.length, lowest);
    if (!acceptSecret(secret, form, { behind: slice.slice(pattern.lastIndex), bareInCode })) return undefined;
    const name = groups?.name ?? nameBefore(bytes, begin, lowest);
    return { start: end - secret.length, end, secret, name: name?.replace(/^[.-]+/, '') };
  }

  /** One byte in front of the word is there for patterns that look behind. */
  #decode(length: number): string {
    const { bytes, at, from, to } = this.#window;
    if (this.#slice === undefined || this.#sliceWindow !== length) {
      this.#first = Math.max(from, this.#wordStart - 1);
      this.#slice = bytes.toString('latin1', this.#first, Math.min(to, at + length));
      this.#sliceWindow = length;
    }
    return this.#slice;
  }
}

/** Where the word begins that ends in front of `at`. */
function wordStart(bytes: Buffer, at: number, from: number): number {
  let start = at;
  while (start > from && isWord(bytes[start - 1] as number)) start -= 1;
  return start;
}

/** The name that what begins at `at` is assigned to: `name = "…`, `"name": "…`. */
function nameBefore(bytes: Buffer, at: number, from: number): string | undefined {
  const operator = skipBack(bytes, at, from, blanksAndQuotes);
  const blanks = skipBack(bytes, operator, from, assignment);
  if (blanks === operator) return undefined;
  const end = skipBack(bytes, blanks, from, blanksAndQuotes);
  const start = wordStart(bytes, end, Math.max(from, end - maxNameLength));
  return start === end ? undefined : bytes.toString('latin1', start, end);
}

/**
 * Whether `at` stands behind a quote that is still open, by the quotes of its line; an apostrophe counts as one too. Of a line
 * that begins in front of the window only a quote right before the value tells: those are of packed programs, mostly names.
 */
function isInString(bytes: Buffer, at: number, from: number): boolean {
  if (quotes.has(bytes[at - 1] as number)) return true;
  const before = bytes.subarray(from, at);
  const lineEnd = before.lastIndexOf(lineFeed);
  if (lineEnd < 0 && before.length >= bytesBefore) return false;
  const open = new Set<number>();
  for (const byte of before.subarray(lineEnd + 1)) {
    if (quotes.has(byte) && !open.delete(byte)) open.add(byte);
  }
  return open.size > 0;
}

const lineFeed = 0x0a;
const quotes: ReadonlySet<number> = new Set(Buffer.from('"\'`'));
const blanksAndQuotes: ReadonlySet<number> = new Set(Buffer.from(' \t"\'`]\\'));
const assignment: ReadonlySet<number> = new Set(Buffer.from('=:>'));

function skipBack(bytes: Buffer, at: number, from: number, skipped: ReadonlySet<number>): number {
  let end = at;
  const lowest = Math.max(from, at - 16);
  while (end > lowest && skipped.has(bytes[end - 1] as number)) end -= 1;
  return end;
}

function isWord(byte: number): boolean {
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return isLetter || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2e || byte === 0x2d;
}
