import { hashOwnedPath } from '../catalogers/owned-path.ts';

/** Entries for each path at first; the table doubles when it is half full. */
const initialCapacity = 1024;

/**
 * Finds paths by their 64-bit hashes (see `hashOwnedPath`): hundreds of thousands of paths against the lists of all
 * packages, so nothing is allocated for a look-up, and for a path only room in three arrays.
 */
export class PathHashTable {
  readonly #paths: string[] = [];
  /** Two words for each path. */
  #hashes = new Uint32Array(2 * initialCapacity);
  /** Open addressing: 1 + the index of a path, 0 = free. */
  #slots = new Uint32Array(2 * initialCapacity);

  /** @param name - What lists may call it. */
  add(path: string, name: string = path): void {
    const index = this.#paths.push(path) - 1;
    if (index === this.#hashes.length / 2) this.#grow();
    const hash = hashOwnedPath(name);
    this.#hashes[2 * index] = Number(hash & 0xffffffffn);
    this.#hashes[2 * index + 1] = Number(hash >> 32n);
    this.#place(index);
  }

  /** Calls `found` for each path that one of the hashes is a name of. */
  lookUp(hashes: BigUint64Array, found: (path: string) => void): void {
    const words = new Uint32Array(hashes.buffer, hashes.byteOffset, 2 * hashes.length);
    const lowFirst = littleEndian ? 0 : 1;
    const mask = this.#slots.length - 1;
    for (let at = 0; at < words.length; at += 2) {
      const low = words[at + lowFirst] as number;
      const high = words[at + 1 - lowFirst] as number;
      for (let slot = low & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
        const index = (this.#slots[slot] as number) - 1;
        if (this.#hashes[2 * index] !== low || this.#hashes[2 * index + 1] !== high) continue;
        found(this.#paths[index] as string);
      }
    }
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[2 * index] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }

  #grow(): void {
    const hashes = new Uint32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let index = 0; index < hashes.length / 4; index += 1) this.#place(index);
  }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
