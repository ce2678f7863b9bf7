import { entryBytes, entryFlags } from './layer-index.ts';
import { pathKey } from './path-key.ts';
import { RecordStore } from './record-store.ts';

/** Up to 19 records for each bucket at the limit of entries. */
const maxBucketBits = 18;
/** The first byte of a key that may differ inside a bucket of the most bits. */
const byteInBuckets = maxBucketBits >>> 3;
/** Buckets up to this size are sorted by insertion; keys are evenly spread, so that is nearly every bucket. */
const insertionSize = 64;

/** The sorted entries of a layer. */
interface BuiltTable {
  /** In the form of `LayerIndex.entries`. */
  readonly entries: Uint8Array;
  /** Whether what a record wrote lay below a directory that a later record replaced by something else. */
  readonly isGone: (record: number) => boolean;
}

/** Collects what a layer writes and sorts it; 16 to 20 bytes for each record while it grows. */
export class EntryTable {
  readonly #records = new RecordStore();

  /** How many records there are. */
  get size(): number {
    return this.#records.size;
  }

  /** Notes that the layer writes `path` into the directory of record `parent`; gives the number of the new record. */
  add(path: string, flags: number, parent: number): number {
    return this.#records.add(pathKey(path), flags, parent);
  }

  /** Sorts the records; of several for one path the last counts. Only once, the table is used up. */
  build(): BuiltTable {
    const records = this.#records;
    const order = this.#sorted();
    const replaced = this.#replacedDirectories(order);
    const isGone = (record: number): boolean => replaced.size > 0 && this.#isBelow(record, replaced);
    // Those that stay come to the front of the order, one for each path.
    let count = 0;
    for (let start = 0, end = 0; start < order.length; start = end) {
      end = this.#endOfPath(order, start);
      const last = order[end - 1]!;
      if (isGone(last)) continue;
      if (end - start > 1) records.setFlags(last, this.#flagsOf(order.subarray(start, end), isGone));
      order[end - 1] = order[count]!;
      order[count] = last;
      count += 1;
    }
    return { entries: records.takeEntries(order, count), isGone };
  }

  /** Flags of the last record of a path, but a directory that is only implied says less than its own entry before. */
  #flagsOf(records: Uint32Array, isGone: (record: number) => boolean): number {
    let flags = this.#records.flagsOf(records.at(-1)!);
    for (let index = records.length - 2; index >= 0 && (flags & entryFlags.implied) !== 0; index--) {
      const earlier = this.#records.flagsOf(records[index]!);
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
        const isOther = (this.#records.flagsOf(order[index]!) & entryFlags.directory) === 0;
        if (isOther && (this.#records.flagsOf(order[index - 1]!) & entryFlags.directory) !== 0) last = order[index]!;
      }
      if (last >= 0) for (let index = start; index < end; index++) replaced.set(order[index]!, last);
    }
    return replaced;
  }

  #isBelow(record: number, replaced: ReadonlyMap<number, number>): boolean {
    const records = this.#records;
    for (let parent = records.parentOf(record); parent >= 0; parent = records.parentOf(parent)) {
      if ((replaced.get(parent) ?? -1) > record) return true;
    }
    return false;
  }

  #endOfPath(order: Uint32Array, start: number): number {
    let end = start + 1;
    while (end < order.length && this.#records.compareKeys(order[start]!, order[end]!) === 0) end += 1;
    return end;
  }

  /** Numbers of the records by key and then by age: a counting sort into buckets, then each bucket. */
  #sorted(): Uint32Array<ArrayBuffer> {
    const count = this.size;
    const bits = Math.max(1, Math.min(maxBucketBits, 32 - Math.clz32(count)));
    const bucketOf = (record: number): number => this.#records.keyStart(record) >>> (32 - bits);
    const ends = new Uint32Array((1 << bits) + 1);
    for (let record = 0; record < count; record++) ends[bucketOf(record) + 1]! += 1;
    for (let bucket = 1; bucket < ends.length; bucket++) ends[bucket]! += ends[bucket - 1]!;
    const order = new Uint32Array(count);
    const next = ends.slice();
    for (let record = 0; record < count; record++) order[next[bucketOf(record)]!++] = record;
    for (let bucket = 0; bucket < 1 << bits; bucket++) {
      this.#sortBucket(order.subarray(ends[bucket], ends[bucket + 1]), bits === maxBucketBits ? byteInBuckets : 0);
    }
    return order;
  }

  /**
   * Sorts records whose keys agree in all bytes before `byte`. Somebody may choose paths until they fall into one bucket,
   * or write one path again and again: that costs a pass for each byte, never the square of their number.
   */
  #sortBucket(bucket: Uint32Array, byte: number): void {
    if (bucket.length <= insertionSize || byte === entryBytes) {
      this.#insertionSort(bucket);
      return;
    }
    const ends = new Uint32Array(257);
    for (const record of bucket) ends[this.#records.keyByte(record, byte) + 1]! += 1;
    const common = this.#records.keyByte(bucket[0]!, byte);
    const mixed = ends[common + 1]! < bucket.length;
    for (let value = 1; value < ends.length; value++) ends[value]! += ends[value - 1]!;
    if (mixed) this.#spread(bucket, byte, ends.slice());
    for (let value = 0; value < 256; value++) {
      if (ends[value] !== ends[value + 1]) this.#sortBucket(bucket.subarray(ends[value], ends[value + 1]), byte + 1);
    }
  }

  /** Puts each record to the others with the same byte, whose places begin at `next`. */
  #spread(bucket: Uint32Array, byte: number, next: Uint32Array): void {
    const unsorted = new Uint32Array(bucket);
    for (const record of unsorted) bucket[next[this.#records.keyByte(record, byte)]!++] = record;
    // At once: the collector sees late what is outside its heap.
    unsorted.buffer.transfer(0);
  }

  /** Leaves records of one path in the order of their age. */
  #insertionSort(bucket: Uint32Array): void {
    for (let index = 1; index < bucket.length; index++) {
      const moved = bucket[index]!;
      let at = index;
      for (; at > 0 && this.#records.compareKeys(bucket[at - 1]!, moved) > 0; at--) bucket[at] = bucket[at - 1]!;
      bucket[at] = moved;
    }
  }
}
