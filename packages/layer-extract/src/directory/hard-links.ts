import type { BigIntStats } from 'node:fs';
import { ExtractError } from '../extract-error.ts';

/**
 * Which paths of a tree are one file. A file is forgotten when all its names have passed, so that what is held are the
 * files with names still to come, or outside of the tree.
 */
export class HardLinks {
  readonly #textLimit: number;
  readonly #files = new Map<string, { readonly path: string; missing: bigint }>();
  #text = 0;

  constructor(limits: { readonly linkTextBytes: number }) {
    this.#textLimit = limits.linkTextBytes;
  }

  /** The first path of the file at `path`; undefined where this is the first or the only one. */
  firstPath(path: string, { dev, ino, nlink }: BigIntStats): string | undefined {
    if (nlink < 2n) return undefined;
    const key = `${dev}:${ino}`;
    const file = this.#files.get(key);
    if (file === undefined) {
      this.#hold(path.length);
      this.#files.set(key, { path, missing: nlink - 1n });
      return undefined;
    }
    file.missing -= 1n;
    if (file.missing <= 0n) {
      this.#files.delete(key);
      this.#text -= file.path.length;
    }
    return file.path;
  }

  #hold(length: number): void {
    this.#text += length;
    if (this.#text <= this.#textLimit) return;
    const what = `paths of hard links take more than limit linkTextBytes ${this.#textLimit}`;
    throw new ExtractError('LIMIT_EXCEEDED', `directory, hard links: ${what}`, {
      hint: 'if the tree is to be trusted, give walkDirectory a higher limit',
    });
  }
}
