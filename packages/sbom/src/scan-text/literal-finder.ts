/** Called for each place where a literal begins: its index in the list, and the position of its first byte. */
export type LiteralHit = (literal: number, at: number) => void;

const shortest = 3;
/** Groups of literals, each with two bits: for literals that begin at the first or the second byte of a pair. */
const groups = 16;
/** Pairs that are looked at before what was found in them is compared. */
const blockPairs = 4096;

/**
 * Finds many ASCII literals at once, upper and lower case alike, in one pass whose cost per byte hardly depends on how
 * many literals there are. It looks at pairs of bytes: a table for each of three pairs in a row says which groups of
 * literals can have them. Where all agree on a group, which is seldom, the literals that begin so are compared in full.
 */
export class LiteralFinder {
  /** Bytes of the longest literal. */
  readonly longest: number;
  readonly #literals: readonly Uint8Array[];
  // Signed, because an engine keeps signed words in registers.
  readonly #first = new Int32Array(0x10000);
  readonly #second = new Int32Array(0x10000);
  readonly #third = new Int32Array(0x10000);
  /** By the key of three bytes: 0 for nothing, else one more than the index of the bucket. */
  readonly #bucketOf = new Uint16Array(0x8000);
  readonly #buckets: number[][] = [];
  readonly #places = new Int32Array(blockPairs);

  /** @throws RangeError for a literal that is shorter than 3 bytes or not printable ASCII */
  constructor(literals: readonly string[]) {
    this.#literals = literals.map(folded);
    this.longest = Math.max(0, ...literals.map(({ length }) => length));
    // Neighbours in the alphabet share a group: they begin alike, and so fewer pairs point at a group in vain.
    const sorted = this.#literals.toSorted(Buffer.compare);
    for (const [place, literal] of sorted.entries()) this.#enter(literal, Math.floor((place * groups) / sorted.length));
    for (const [index, literal] of this.#literals.entries()) {
      const key = keyOf(literal, 0);
      if (this.#bucketOf[key] === 0) this.#bucketOf[key] = this.#buckets.push([]);
      this.#buckets[(this.#bucketOf[key] as number) - 1]?.push(index);
    }
  }

  /** Reports, by position, every literal that begins in `[from, to)` and ends before the end of `bytes`. */
  find(bytes: Uint8Array, from: number, to: number, onHit: LiteralHit): void {
    const end = Math.min(to, bytes.length);
    // Pairs are read from even addresses.
    const start = Math.min(from + ((bytes.byteOffset + from) & 1), end);
    if (start > from) this.#compare(bytes, from, onHit);
    const paired = this.#findPaired(bytes, start, end, onHit);
    for (let at = paired; at < end; at += 1) this.#compare(bytes, at, onHit);
  }

  /** Searches as far as six bytes can be read from each pair. @returns the first position that was not searched */
  #findPaired(bytes: Uint8Array, start: number, end: number, onHit: LiteralHit): number {
    if (end - start < 4) return start;
    const pairs = new Uint16Array(bytes.buffer, bytes.byteOffset + start, (bytes.length - start) >> 1);
    const last = Math.min((end - start) >> 1, pairs.length) - 1;
    const state = { begun: 0, going: 0 };
    for (let block = 0; block <= last; block += blockPairs) {
      // Places are put down first and compared later: calls within the loop would cost more than half of its speed.
      const count = this.#collect(pairs, block, Math.min(block + blockPairs - 1, last), state);
      for (let index = 0; index < count; index += 1) {
        this.#comparePair(bytes, start + 2 * (this.#places[index] as number) - 4, onHit);
      }
    }
    return Math.max(start, start + 2 * last - 2);
  }

  /** @returns the number of places where three pairs agree on a group, each the index of the third pair */
  #collect(pairs: Uint16Array, from: number, last: number, state: { begun: number; going: number }): number {
    const [first, second, third, places] = [this.#first, this.#second, this.#third, this.#places];
    let { begun, going } = state;
    let count = 0;
    for (let index = from; index <= last; index += 1) {
      const pair = pairs[index] as number;
      const met = going & (third[pair] as number);
      going = begun & (second[pair] as number);
      begun = first[pair] as number;
      if (met === 0) continue;
      places[count] = index;
      count += 1;
    }
    state.begun = begun;
    state.going = going;
    return count;
  }

  /** Compares what begins at the two bytes of a pair. */
  #comparePair(bytes: Uint8Array, at: number, onHit: LiteralHit): void {
    this.#compare(bytes, at, onHit);
    this.#compare(bytes, at + 1, onHit);
  }

  #enter(literal: Uint8Array, group: number): void {
    const at = (index: number): readonly number[] => {
      const byte = literal[index];
      return byte === undefined ? anyByte : bothCases(byte);
    };
    for (const [index, table] of [this.#first, this.#second, this.#third].entries()) {
      setBits(table, at(2 * index), at(2 * index + 1), 1 << group);
      setBits(table, index === 0 ? anyByte : at(2 * index - 1), at(2 * index), 1 << (group + groups));
    }
  }

  #compare(bytes: Uint8Array, at: number, onHit: LiteralHit): void {
    const bucket = this.#bucketOf[keyOf(bytes, at)] as number;
    if (bucket === 0) return;
    for (const index of this.#buckets[bucket - 1] as readonly number[]) {
      if (hasLiteral(bytes, at, this.#literals[index] as Uint8Array)) onHit(index, at);
    }
  }
}

const anyByte: readonly number[] = Array.from({ length: 0x100 }, (_, byte) => byte);

function setBits(table: Int32Array, one: readonly number[], two: readonly number[], bits: number): void {
  // Written and read through the same memory, so that the order of bytes in a word does not matter.
  const pair = new Uint8Array(2);
  const word = new Uint16Array(pair.buffer);
  for (const a of one) {
    for (const b of two) {
      pair[0] = a;
      pair[1] = b;
      const index = word[0] as number;
      table[index] = (table[index] as number) | bits;
    }
  }
}

function hasLiteral(bytes: Uint8Array, at: number, literal: Uint8Array): boolean {
  if (at + literal.length > bytes.length) return false;
  for (let index = 0; index < literal.length; index += 1) {
    if (lowerCase(bytes[at + index] as number) !== literal[index]) return false;
  }
  return true;
}

function folded(literal: string): Uint8Array {
  if (literal.length < shortest || !/^[\x20-\x7e]+$/.test(literal)) {
    throw new RangeError(`'${literal}' is no literal of at least ${shortest} ASCII characters`);
  }
  return Uint8Array.from(literal, (character) => lowerCase(character.charCodeAt(0)));
}

/** Five bits of each of three bytes; those behind the end count as zero. */
function keyOf(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) & 31) << 10) | (((bytes[at + 1] ?? 0) & 31) << 5) | ((bytes[at + 2] ?? 0) & 31);
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function bothCases(byte: number): number[] {
  return byte >= 0x61 && byte <= 0x7a ? [byte, byte - 0x20] : [byte];
}
