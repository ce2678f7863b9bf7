import { createHash } from 'node:crypto';
import { RegistryError } from '../error.ts';
import { parseDigest } from '../reference/digest.ts';
import { readCapped } from '../transport/read-capped.ts';
import type { ContentDescriptor } from './descriptor.ts';

function tooLong(where: string, wanted: number): RegistryError {
  return new RegistryError('SIZE_INVALID', `${where}: more than the ${wanted} bytes that were promised`);
}

function tooShort(where: string, got: number, wanted: number): RegistryError {
  return new RegistryError('SIZE_INVALID', `${where}: only ${got} of the ${wanted} bytes that were promised`, {
    // A proxy that ends a response early does so by chance.
    retryable: true,
  });
}

/** The error for content whose digest is another than promised. */
export function wrongDigest(where: string, got: string, wanted: string): RegistryError {
  return new RegistryError('DIGEST_INVALID', `${where}: the content has digest ${got}, not ${wanted}`, {
    hint: 'the content was damaged or replaced, at the source or on the way',
  });
}

/**
 * Passes a stream on while verifying it (image-spec, descriptor.md "Verification"). The chunks are not copied.
 *
 * Iterating throws RegistryError `SIZE_INVALID` as soon as more bytes arrive than promised, or at the end when there
 * were fewer, and `DIGEST_INVALID` at the end for other bytes.
 *
 * @param where what is read, for messages
 * @throws RegistryError `DIGEST_INVALID` at once where the promised digest is none
 */
export function verifyContent(
  source: AsyncIterable<Uint8Array>,
  promised: ContentDescriptor,
  where: string,
): AsyncIterable<Uint8Array> {
  const { algorithm } = parseDigest(promised.digest);
  return {
    async *[Symbol.asyncIterator]() {
      const hash = createHash(algorithm);
      let length = 0;
      for await (const chunk of source) {
        length += chunk.length;
        if (length > promised.size) throw tooLong(where, promised.size);
        hash.update(chunk);
        yield chunk;
      }
      if (length !== promised.size) throw tooShort(where, length, promised.size);
      const got = `${algorithm}:${hash.digest('hex')}`;
      if (got !== promised.digest) throw wrongDigest(where, got, promised.digest);
    },
  };
}

/**
 * Reads small content into memory, verified.
 *
 * @param tooLarge error for content larger than `limit` bytes, whether promised or real
 * @throws RegistryError `DIGEST_INVALID`, `SIZE_INVALID`
 */
export async function readVerified(
  source: AsyncIterable<Uint8Array>,
  promised: ContentDescriptor,
  limit: number,
  where: string,
  tooLarge: () => RegistryError,
): Promise<Uint8Array> {
  if (promised.size > limit) throw tooLarge();
  return readCapped(verifyContent(source, promised, where), limit, tooLarge);
}
