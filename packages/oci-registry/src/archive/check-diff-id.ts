import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { wrongDigest } from '../image/verify-content.ts';
import { type DigestAlgorithm, parseDigest } from '../reference/digest.ts';
import { archiveInvalid } from './archive-error.ts';
import { type Compression, createInflate, type Inflater } from './inflate.ts';

/** Settles when a decompressor takes more, or takes nothing more because it failed. */
async function drained(inflater: Inflater): Promise<void> {
  try {
    await once(inflater, 'drain');
  } catch {
    // The reading side meets the same error and reports it.
  }
}

/**
 * Passes a compressed layer on while inflating it aside, and tells the digest of the layer uncompressed at the end.
 *
 * Iterating throws RegistryError `ARCHIVE_INVALID` for damaged data.
 */
export async function* inflateAside(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  algorithm: DigestAlgorithm,
  where: string,
  onDigest: (digest: string) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash(algorithm);
  const inflater = createInflate(compression);
  const inflated = (async (): Promise<unknown> => {
    try {
      for await (const chunk of inflater) hash.update(chunk as Uint8Array);
      return undefined;
    } catch (error) {
      return error;
    }
  })();
  try {
    for await (const chunk of source) {
      if (!inflater.destroyed && !inflater.write(chunk)) await Promise.race([drained(inflater), inflated]);
      yield chunk;
    }
    if (!inflater.destroyed) inflater.end();
    const failure = await inflated;
    if (failure !== undefined) throw archiveInvalid(where, `its ${compression} data is damaged`, failure);
    onDigest(`${algorithm}:${hash.digest('hex')}`);
  } finally {
    inflater.destroy();
  }
}

/**
 * Verifies a compressed layer against its diffID while passing it on: in an archive without manifests only the diffIDs
 * are bound to the image.
 *
 * Iterating throws RegistryError `DIGEST_INVALID` at the end for other content, `ARCHIVE_INVALID` for damaged data.
 */
export async function* checkDiffId(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  diffId: string,
  where: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { algorithm } = parseDigest(diffId);
  yield* inflateAside(source, compression, algorithm, where, (got) => {
    if (got !== diffId) throw wrongDigest(where, got, diffId);
  });
}
