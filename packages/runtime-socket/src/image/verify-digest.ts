import { createHash } from 'node:crypto';
import { RuntimeError } from '../runtime-error.ts';

/** Digest of bytes with the algorithm of another digest, `sha256` by default. */
export function digestOf(bytes: Uint8Array, like = 'sha256'): string {
  const algorithm = algorithmOf(like);
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/**
 * Passes a stream on while its digest is verified; the chunks are not copied.
 *
 * Iterating throws RuntimeError `DIGEST_INVALID` at the end for other bytes.
 */
export async function* verifyDigest(
  source: AsyncIterable<Uint8Array>,
  digest: string,
  where: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const algorithm = algorithmOf(digest);
  const hash = createHash(algorithm);
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
  const got = `${algorithm}:${hash.digest('hex')}`;
  if (got !== digest) throw wrongDigest(got, digest, where);
}

/** The error for content with another digest than promised. */
export function wrongDigest(got: string, wanted: string, where: string): RuntimeError {
  return new RuntimeError('DIGEST_INVALID', `${where}: the content has digest ${got}, not ${wanted}`, {
    hint: "the runtime's storage is damaged; pull the image again",
  });
}

function algorithmOf(digest: string): 'sha256' | 'sha512' {
  return digest.startsWith('sha512') ? 'sha512' : 'sha256';
}
