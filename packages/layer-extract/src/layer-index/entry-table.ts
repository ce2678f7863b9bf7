import { entryBytes, entryFlags } from './layer-index.ts';
import { pathKey } from './path-key.ts';

const words = entryBytes / 4;
const maxBucketBits = 16;
/** Buckets up to this size are sorted by insertion; keys are evenly spread, so that is nearly every bucket. */
const insertionSize = 64;

/** The sorted entries of a layer. */
interface BuiltTable {
  /** In the form of `LayerIndex.entries`. */
  readonly entries: Uint8Array;
  /** Whether what a record wrote lay below a directory that a later record replaced by something else. */
  readonly isGone: (record: number) => boolean;
}

/** Collects path keys and sorts them; 20 bytes for each record while it grows. */
export class EntryTable {
  #words = new Uint32Array(1024 * words);
  /** For each record the one of its directory, -1 for the root. */
  #parents = new Int32Array(1024);
  #count = 0;

  /** How many records there are. */
  get size(): number {
    return this.#count;
  }

  /** Notes that the layer writes `path` into the directory of record `parent`; gives the number of the new record. */
  add(path: string, flags: number, parent: number): number {
    const record = this.#count;
    const at = record * words;
    if (record === this.#parents.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
      const grownParents = new Int32Array(record * 2);
      grownParents.set(this.#parents);
      this.#parents = grownParents;
    }
    const key = pathKey(path);
    for (let word = 0; word < words; word++) this.#words[at + word] = key[word]!;
    this.#words[at + 3]! |= flags;
    this.#parents[record] = parent;
    this.#count += 1;
    return record;
  }

  /** Sorts the records; of several for one path the last counts. */
  build(): BuiltTable {
    const order = this.#sorted();
    const replaced = this.#replacedDirectories(order);
    const isGone = (record: number): boolean => replaced.size > 0 && this.#isBelow(record, replaced);
    const bytes = new Uint8Array(order.length * entryBytes);
    const view = new DataView(bytes.buffer);
    let length = 0;
    for (let start = 0, end = 0; start < order.length; start = end) {
      end = this.#endOfPath(order, start);
      const last = order[end - 1]!;
      if (isGone(last)) continue;
      for (let word = 0; word < words - 1; word++) {
        view.setUint32(length + word * 4, this.#words[last * words + word]!);
      }
      const key = this.#words[last * words + 3]! & ~entryFlags.all;
      view.setUint32(
        length + 12,
        key | (end - start === 1 ? this.#flags(last) : this.#flagsOf(order.subarray(start, end), isGone)),
      );
      length += entryBytes;
    }
    return { entries: length === bytes.byteLength ? bytes : bytes.slice(0, length), isGone };
  }

  /** Flags of the last record of a path, but a directory that is only implied says less than its own entry before. */
  #flagsOf(records: Uint32Array, isGone: (record: number) => boolean): number {
    let flags = this.#flags(records.at(-1)!);
    for (let index = records.length - 2; index >= 0 && (flags & entryFlags.implied) !== 0; index--) {
      const earlier = this.#flags(records[index]!);
      if ((earlier & entryFlags.directory) === 0 || isGone(records[index]!)) break;
      flags = earlier;
    }
    return flags;
  }

  /** For every record of a directory that something else replaced, the last record that did. */
  #replacedDirectories(order: Uint32Array): ReadonlyMap<number, number> {
    const replaced = new Map<number, number>();
    for (let start = 0, end = 0; start < order.length; start = end) {
      end = this.#endOfPath(order, start);
      if (end - start === 1) continue;
      let last = -1;
      for (let index = start + 1; index < end; index++) {
        const isOther = (this.#flags(order[index]!) & entryFlags.directory) === 0;
        if (isOther && (this.#flags(order[index - 1]!) & entryFlags.directory) !== 0) last = order[index]!;
      }
      if (last >= 0) for (let index = start; index < end; index++) replaced.set(order[index]!, last);
    }
    return replaced;
  }

  #isBelow(record: number, replaced: ReadonlyMap<number, number>): boolean {
    for (let parent = this.#parents[record]!; parent >= 0; parent = this.#parents[parent]!) {
      if ((replaced.get(parent) ?? -1) > record) return true;
    }
    return false;
  }

  #flags(record: number): number {
    return this.#words[record * words + 3]! & entryFlags.all;
  }

  #endOfPath(order: Uint32Array, start: number): number {
    let end = start + 1;
    while (end < order.length && this.#samePath(order[start]!, order[end]!)) end += 1;
    return end;
  }

  /** Numbers of the records by key and then by age: a counting sort into buckets, then each bucket. */
  #sorted(): Uint32Array {
    const bits = Math.max(1, Math.min(maxBucketBits, 32 - Math.clz32(this.#count)));
    const bucketOf = (index: number): number => this.#words[index * words]! >>> (32 - bits);
    const ends = new Uint32Array((1 << bits) + 1);
    for (let index = 0; index < this.#count; index++) ends[bucketOf(index) + 1]! += 1;
    for (let bucket = 1; bucket < ends.length; bucket++) ends[bucket]! += ends[bucket - 1]!;
    const order = new Uint32Array(this.#count);
    const next = ends.slice();
    for (let index = 0; index < this.#count; index++) order[next[bucketOf(index)]!++] = index;
    for (let bucket = 0; bucket < 1 << bits; bucket++) this.#sortBucket(order, ends[bucket]!, ends[bucket + 1]!);
    return order;
  }

  #sortBucket(order: Uint32Array, start: number, end: number): void {
    // Somebody may choose paths until they fall into one bucket; that must not cost the square of their number.
    if (end - start > insertionSize) {
      order.subarray(start, end).sort((a, b) => this.#compare(a, b));
      return;
    }
    for (let index = start + 1; index < end; index++) {
      const moved = order[index]!;
      let at = index;
      for (; at > start && this.#compare(order[at - 1]!, moved) > 0; at--) order[at] = order[at - 1]!;
      order[at] = moved;
    }
  }

  #compare(a: number, b: number): number {
    const table = this.#words;
    for (let word = 0; word < words - 1; word++) {
      const difference = table[a * words + word]! - table[b * words + word]!;
      if (difference !== 0) return difference;
    }
    const last = (table[a * words + 3]! >>> 2) - (table[b * words + 3]! >>> 2);
    return last !== 0 ? last : a - b;
  }

  #samePath(a: number, b: number): boolean {
    const table = this.#words;
    for (let word = 0; word < words - 1; word++) {
      if (table[a * words + word] !== table[b * words + word]) return false;
    }
    return table[a * words + 3]! >>> 2 === table[b * words + 3]! >>> 2;
  }
}
