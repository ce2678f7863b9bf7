/** A value of PHP; arrays and lists are maps from their keys as texts. */
export type PhpValue = string | number | boolean | null | ReadonlyMap<string, PhpValue>;

/** Arrays inside each other. */
const maxDepth = 32;
/** Values of one text. */
const maxValues = 200_000;

/**
 * Reads what PHP's `serialize` wrote (PHP manual): texts, numbers, booleans, null and arrays of them. Objects and
 * references are not read: nothing here writes them.
 *
 * @returns undefined where the bytes are anything else. Never throws.
 */
export function parseSerialized(bytes: Uint8Array): PhpValue | undefined {
  const reader = new SerializedReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return reader.value(0);
}

class SerializedReader {
  readonly #bytes: Buffer;
  #at = 0;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(depth: number): PhpValue | undefined {
    this.#values += 1;
    if (depth > maxDepth || this.#values > maxValues) return undefined;
    const kind = this.#bytes.toString('latin1', this.#at, this.#at + 2);
    this.#at += 2;
    switch (kind) {
      case 'N;':
        return null;
      case 'b:':
        return this.#until(';') === '1';
      case 'i:':
      case 'd:':
        return this.#number(';');
      case 's:':
        return this.#text();
      case 'a:':
        return this.#array(depth);
      default:
        return undefined;
    }
  }

  #text(): string | undefined {
    // The length is in bytes.
    const length = this.#number(':');
    const start = this.#at + 1;
    if (length === undefined || !Number.isInteger(length) || length < 0) return undefined;
    const end = start + length;
    if (end + 2 > this.#bytes.length || this.#bytes.toString('latin1', end, end + 2) !== '";') return undefined;
    this.#at = end + 2;
    return this.#bytes.toString('utf8', start, end);
  }

  #array(depth: number): ReadonlyMap<string, PhpValue> | undefined {
    const count = this.#number(':');
    if (count === undefined || this.#bytes[this.#at] !== 0x7b) return undefined;
    this.#at += 1;
    const entries = new Map<string, PhpValue>();
    for (let index = 0; index < count; index += 1) {
      const key = this.value(depth + 1);
      const value = typeof key === 'string' || typeof key === 'number' ? this.value(depth + 1) : undefined;
      if (value === undefined) return undefined;
      entries.set(String(key), value);
    }
    if (this.#bytes[this.#at] !== 0x7d) return undefined;
    this.#at += 1;
    return entries;
  }

  #number(end: string): number | undefined {
    const text = this.#until(end);
    const number = text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isFinite(number) ? number : undefined;
  }

  /** What stands before the next `end`, which is near: numbers are short. */
  #until(end: string): string | undefined {
    const text = this.#bytes.toString('latin1', this.#at, this.#at + 40);
    const length = text.indexOf(end);
    if (length < 0) return undefined;
    this.#at += length + 1;
    return text.slice(0, length);
  }
}
