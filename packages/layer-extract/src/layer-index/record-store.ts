import { entryBytes, entryFlags } from './layer-index.ts';
import type { PathKey } from './path-key.ts';

const words = entryBytes / 4;
/** 256 KiB of keys: memory that goes back to the system once it is released, and costs a small layer nothing. */
const segmentBits = 14;
const segmentRecords = 1 << segmentBits;

/**
 * What a layer writes, in its order: for each record a key, flags and the record of its directory. It grows segment by
 * segment and becomes the entries of an index in place, so that there is never a second copy of a large layer's keys.
 */
export class RecordStore {
  /** Four words for each record; of the last one the lowest bits are the flags. */
  readonly #keys: Uint32Array<ArrayBuffer>[] = [];
  /** Of each segment the directories of its records, or the one that is the same for all. */
  readonly #parents: (Int32Array | number)[] = [];
  #count = 0;

  /** How many records there are. */
  get size(): number {
    return this.#count;
  }

  /** Adds a record, whose directory is that of record `parent`, -1 for none; gives its number. */
  add(key: PathKey, flags: number, parent: number): number {
    const record = this.#count;
    const place = record & (segmentRecords - 1);
    if (place === 0) {
      this.#keys.push(new Uint32Array(segmentRecords * words));
      this.#parents.push(parent);
    }
    const keys = this.#keys[record >>> segmentBits]!;
    const at = place * words;
    keys[at] = key[0];
    keys[at + 1] = key[1];
    keys[at + 2] = key[2];
    keys[at + 3] = key[3] | flags;
    this.#noteParent(record >>> segmentBits, place, parent);
    this.#count += 1;
    return record;
  }

  /** The record of the directory of `record`, -1 for the root. */
  parentOf(record: number): number {
    const parents = this.#parents[record >>> segmentBits]!;
    return typeof parents === 'number' ? parents : parents[record & (segmentRecords - 1)]!;
  }

  flagsOf(record: number): number {
    return this.#word(record, words - 1) & entryFlags.all;
  }

  setFlags(record: number, flags: number): void {
    const keys = this.#keys[record >>> segmentBits]!;
    const at = (record & (segmentRecords - 1)) * words + words - 1;
    keys[at] = (keys[at]! & ~entryFlags.all) | flags;
  }

  /** The first 32 bits of a key. */
  keyStart(record: number): number {
    return this.#word(record, 0);
  }

  /** One byte of a key, flags left out. */
  keyByte(record: number, byte: number): number {
    const value = (this.#word(record, byte >>> 2) >>> (24 - 8 * (byte & 3))) & 0xff;
    return byte === entryBytes - 1 ? value & ~entryFlags.all : value;
  }

  /** Order of two keys; 0 where the records are of one path. */
  compareKeys(a: number, b: number): number {
    for (let word = 0; word < words - 1; word++) {
      const difference = this.#word(a, word) - this.#word(b, word);
      if (difference !== 0) return difference;
    }
    return (this.#word(a, words - 1) >>> 2) - (this.#word(b, words - 1) >>> 2);
  }

  /**
   * The keys and flags of the first `count` records that `order` names, in the form of `LayerIndex.entries`. Of the
   * store only {@link parentOf} is left afterwards, and `order` is used up.
   *
   * @param order every record once
   */
  takeEntries(order: Uint32Array<ArrayBuffer>, count: number): Uint8Array {
    this.#arrange(order);
    order.buffer.transfer(0);
    const entries = new Uint8Array(count * entryBytes);
    const view = new DataView(entries.buffer);
    for (const [index, keys] of this.#keys.entries()) {
      const start = index * segmentRecords * entryBytes;
      const length = Math.min(keys.length, (entries.byteLength - start) / 4);
      for (let word = 0; word < length; word++) view.setUint32(start + word * 4, keys[word]!);
      // The entries take up memory as they are written. The collector would leave both side by side.
      keys.buffer.transfer(0);
    }
    this.#keys.length = 0;
    return entries;
  }

  /** Moves record `order[n]` to place n, for every n: along the cycles of the permutation, each place marked when done. */
  #arrange(order: Uint32Array): void {
    for (let start = 0; start < order.length; start++) {
      let at = start;
      for (let from = order[at]!; from !== start; from = order[at]!) {
        this.#swap(at, from);
        order[at] = at;
        at = from;
      }
      order[at] = at;
    }
  }

  #swap(a: number, b: number): void {
    const keysOfA = this.#keys[a >>> segmentBits]!;
    const keysOfB = this.#keys[b >>> segmentBits]!;
    const atA = (a & (segmentRecords - 1)) * words;
    const atB = (b & (segmentRecords - 1)) * words;
    for (let word = 0; word < words; word++) {
      const kept = keysOfA[atA + word]!;
      keysOfA[atA + word] = keysOfB[atB + word]!;
      keysOfB[atB + word] = kept;
    }
  }

  #word(record: number, word: number): number {
    return this.#keys[record >>> segmentBits]![(record & (segmentRecords - 1)) * words + word]!;
  }

  /** Files come directory by directory: a segment that one of them fills has no list of them. */
  #noteParent(segment: number, place: number, parent: number): void {
    const parents = this.#parents[segment]!;
    if (typeof parents !== 'number') parents[place] = parent;
    else if (parents !== parent) {
      const list = new Int32Array(segmentRecords).fill(parents, 0, place);
      list[place] = parent;
      this.#parents[segment] = list;
    }
  }
}
