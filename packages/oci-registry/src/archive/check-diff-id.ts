import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { wrongDigest } from '../image/verify-content.ts';
import { parseDigest } from '../reference/digest.ts';
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
 * Passes a compressed layer on while inflating it aside, to verify it against its diffID: in an archive without
 * manifests only the diffIDs are bound to the image.
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
    const got = `${algorithm}:${hash.digest('hex')}`;
    if (got !== diffId) throw wrongDigest(where, got, diffId);
  } finally {
    inflater.destroy();
  }
}
