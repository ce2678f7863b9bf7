import { entryBytes, entryFlags } from './layer-index.ts';
import { pathKey } from './path-key.ts';

const words = entryBytes / 4;
const maxBucketBits = 16;
/** Buckets up to this size are sorted by insertion; keys are evenly spread, so that is nearly every bucket. */
const insertionSize = 64;

/** Collects path keys and sorts them; 16 bytes for each path while it grows. */
export class EntryTable {
  #words = new Uint32Array(1024 * words);
  #count = 0;

  /** Notes that the layer writes `path`. */
  add(path: string, flags: number): void {
    const at = this.#count * words;
    if (at === this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    const key = pathKey(path);
    for (let word = 0; word < words; word++) this.#words[at + word] = key[word]!;
    this.#words[at + 3]! |= flags;
    this.#count += 1;
  }

  /** The entries in the form of `LayerIndex.entries`: sorted, the last of several for one path. */
  toBytes(): Uint8Array {
    const order = this.#sorted();
    const bytes = new Uint8Array(order.length * entryBytes);
    const view = new DataView(bytes.buffer);
    let length = 0;
    for (let index = 0; index < order.length; index++) {
      const at = order[index]! * words;
      if (length > 0 && this.#samePath(view, length - entryBytes, at)) {
        // A directory that is only implied says less than any entry of its own.
        if ((this.#words[at + 3]! & entryFlags.implied) !== 0) continue;
        length -= entryBytes;
      }
      for (let word = 0; word < words; word++) view.setUint32(length + word * 4, this.#words[at + word]!);
      length += entryBytes;
    }
    return length === bytes.byteLength ? bytes : bytes.slice(0, length);
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

  #samePath(view: DataView, offset: number, at: number): boolean {
    for (let word = 0; word < words - 1; word++) {
      if (view.getUint32(offset + word * 4) !== this.#words[at + word]) return false;
    }
    return view.getUint32(offset + 12) >>> 2 === this.#words[at + 3]! >>> 2;
  }
}
