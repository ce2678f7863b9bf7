import { ContentHash } from './content-hash.ts';
import type { TocEntry } from './table-of-contents.ts';

/** Compares a file's content, as it passes, with the digests that a table of contents has for it. */
export class ContentCheck {
  readonly #entry: TocEntry;
  /** Of the file as a whole, where a chunk has no digest of its own. */
  readonly #whole: ContentHash | undefined;
  #index = 0;
  #missing: number;
  #chunk: ContentHash | undefined;

  constructor(entry: TocEntry) {
    const { chunks, digest } = entry;
    this.#entry = entry;
    const needed = digest !== undefined && chunks.some((chunk) => chunk.digest === undefined);
    this.#whole = needed ? new ContentHash(digest) : undefined;
    this.#missing = chunks[0]?.size ?? 0;
    this.#begin();
  }

  /** @returns false where a chunk, or the file, ends within these bytes and does not have its digest */
  add(bytes: Uint8Array): boolean {
    this.#whole?.update(bytes);
    for (let rest = bytes; rest.byteLength > 0; ) {
      if (this.#index === this.#entry.chunks.length) return false;
      const part = rest.subarray(0, this.#missing);
      this.#chunk?.update(part);
      this.#missing -= part.byteLength;
      rest = rest.subarray(part.byteLength);
      if (this.#missing === 0 && !this.#finishChunk()) return false;
    }
    return true;
  }

  #finishChunk(): boolean {
    if (this.#chunk?.matches() === false) return false;
    this.#index += 1;
    const next = this.#entry.chunks[this.#index];
    if (next === undefined) return this.#whole?.matches() ?? true;
    this.#missing = next.size;
    this.#begin();
    return true;
  }

  #begin(): void {
    const digest = this.#entry.chunks[this.#index]?.digest;
    this.#chunk = digest === undefined ? undefined : new ContentHash(digest);
  }
}
