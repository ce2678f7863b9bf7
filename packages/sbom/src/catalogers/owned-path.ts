import { hash } from 'node:crypto';

/**
 * The name under which file lists and files meet: the first 8 bytes, read little-endian, of the SHA-256 of the path.
 *
 * @param path - Relative to the image root; a leading `/` or `./` and a trailing `/` make no difference.
 */
export function hashOwnedPath(path: string): bigint {
  return hash('sha256', normalize(path), 'buffer').readBigUInt64LE(0);
}

function normalize(path: string): string {
  let start = 0;
  while (path[start] === '/' || path.startsWith('./', start)) start += path[start] === '/' ? 1 : 2;
  let end = path.length;
  while (end > start && path[end - 1] === '/') end -= 1;
  return path.slice(start, end);
}

const bytesPerHash = 8;

/** Gathers the paths of one file list. 8 bytes each while gathering. */
export class OwnedPaths {
  #hashes = new BigUint64Array(64);
  #count = 0;

  /** Adds a path. */
  add(path: string): void {
    if (this.#count === this.#hashes.length) {
      const larger = new BigUint64Array(this.#count * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes[this.#count] = hashOwnedPath(path);
    this.#count += 1;
  }

  get size(): number {
    return this.#count;
  }

  /** The distinct hashes, sorted, as base64 of little-endian 64-bit numbers: the form in which facts keep them. */
  encode(): string {
    const sorted = this.#hashes.subarray(0, this.#count).sort();
    const bytes = Buffer.alloc(sorted.length * bytesPerHash);
    let end = 0;
    for (const [index, value] of sorted.entries()) {
      if (index > 0 && value === sorted[index - 1]) continue;
      bytes.writeBigUInt64LE(value, end);
      end += bytesPerHash;
    }
    return bytes.toString('base64', 0, end);
  }
}

/** The hashes that {@link OwnedPaths.encode} wrote. */
export function decodeOwnedPaths(encoded: string): BigUint64Array {
  const bytes = Buffer.from(encoded, 'base64');
  const hashes = new BigUint64Array(Math.floor(bytes.length / bytesPerHash));
  for (let index = 0; index < hashes.length; index += 1) hashes[index] = bytes.readBigUInt64LE(index * bytesPerHash);
  return hashes;
}
