import { createHash } from 'node:crypto';
import { RegistryError } from '../error.ts';

/** The digest algorithms this package verifies; both are registered in image-spec, descriptor.md "Digests". */
export type DigestAlgorithm = 'sha256' | 'sha512';

/** A digest taken apart. */
export interface Digest {
  /** Which hash function. */
  readonly algorithm: DigestAlgorithm;
  /** Lower-case hex, 64 or 128 characters. */
  readonly hex: string;
}

const grammar = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Whether a text is a digest this package can verify: `sha256:` or `sha512:` and lower-case hex of the full length. */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 135 && grammar.test(text);
}

/**
 * Takes a digest such as `sha256:…` apart. Nothing that passes can change a URL path or a file path.
 *
 * @throws RegistryError `DIGEST_INVALID` for any other text.
 */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) {
    throw new RegistryError('DIGEST_INVALID', `digest: ${JSON.stringify(String(text).slice(0, 140))} is not a digest`, {
      hint: 'a digest is sha256: with 64 or sha512: with 128 lower-case hex digits',
    });
  }
  const colon = text.indexOf(':');
  return { algorithm: text.slice(0, colon) as DigestAlgorithm, hex: text.slice(colon + 1) };
}

/** Digest of bytes held in memory, as `algorithm:hex`. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
