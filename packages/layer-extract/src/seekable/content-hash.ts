import { createHash, type Hash } from 'node:crypto';

/** Whether a text is a digest of an algorithm that {@link ContentHash} knows. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/.test(text);
}

/** Compares bytes with the digest they shall have. */
export class ContentHash {
  readonly #expected: string;
  readonly #algorithm: string;
  readonly #hash: Hash;

  /** @param expected a digest for which {@link isDigest} holds */
  constructor(expected: string) {
    this.#expected = expected;
    this.#algorithm = expected.slice(0, 6);
    this.#hash = createHash(this.#algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Whether all bytes together have the digest. Called once. */
  matches(): boolean {
    return `${this.#algorithm}:${this.#hash.digest('hex')}` === this.#expected;
  }
}
