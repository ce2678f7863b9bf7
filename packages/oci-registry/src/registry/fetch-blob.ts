import { RegistryError } from '../error.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import { parseDigest } from '../reference/digest.ts';
import type { Reference } from '../reference/reference.ts';
import { header } from '../transport/http.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { abandonBody, responseBody } from '../transport/response-body.ts';
import type { RegistryReadOptions } from './read-options.ts';

/**
 * Gets a blob (distribution-spec "Pulling blobs"), not yet verified. The request is sent when iteration begins.
 *
 * Iterating throws RegistryError `BLOB_UNKNOWN`, `SIZE_INVALID` where the registry announces another length than
 * promised, and those of the transport.
 *
 * @throws RegistryError `DIGEST_INVALID` at once where the digest is none
 */
export function fetchBlob(
  transport: RegistryTransport,
  repository: Pick<Reference, 'registry' | 'repository'>,
  descriptor: ContentDescriptor,
  { keychain, signal }: RegistryReadOptions,
): AsyncIterable<Uint8Array> {
  const { algorithm, hex } = parseDigest(descriptor.digest);
  const path = `blobs/${algorithm}:${hex}`;
  return {
    async *[Symbol.asyncIterator]() {
      const response = await transport.request(repository, { path, notFound: 'BLOB_UNKNOWN', keychain, signal });
      const announced = header(response, 'content-length');
      if (announced !== undefined && Number(announced) !== descriptor.size) {
        abandonBody(response);
        throw new RegistryError(
          'SIZE_INVALID',
          `${response.what}: the registry announces ${announced} bytes where ${descriptor.size} were promised`,
        );
      }
      yield* responseBody(response, signal);
    },
  };
}
