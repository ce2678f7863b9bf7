import { RegistryError } from '../error.ts';
import type { ByteRange } from '../image/byte-range.ts';
import type { ContentDescriptor, Descriptor } from '../image/descriptor.ts';
import { parseDigest } from '../reference/digest.ts';
import type { Reference } from '../reference/reference.ts';
import type { HttpResponse } from '../transport/http.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { bodyStart, type OpenRemainder, type Remainder, rangeHeader, resumedBody } from '../transport/resumed-body.ts';
import { fetchForeign } from './fetch-foreign.ts';
import type { RegistryReadOptions } from './read-options.ts';

/** What is known of a blob; `urls` are where a foreign layer may be had. */
export type BlobDescriptor = ContentDescriptor & Pick<Descriptor, 'urls'>;

/**
 * Gets a blob (distribution-spec "Pulling blobs"), not yet verified. The request is sent when iteration begins. A body
 * that is cut goes on where it ended, by a new request to the registry. A foreign layer that the registry does not hold
 * is read from its URLs.
 *
 * Iterating throws RegistryError `BLOB_UNKNOWN`, `LAYER_UNAVAILABLE`, `SIZE_INVALID` where the registry announces another
 * length than promised, `RESPONSE_INVALID` where it answers with another part than asked for, and those of the transport.
 *
 * @param part which bytes of it, within its size; all where it is absent
 * @throws RegistryError `DIGEST_INVALID` at once where the digest is none
 */
export function fetchBlob(
  transport: RegistryTransport,
  repository: Pick<Reference, 'registry' | 'repository'>,
  descriptor: BlobDescriptor,
  { keychain, signal }: RegistryReadOptions,
  part?: ByteRange,
): AsyncIterable<Uint8Array> {
  const { algorithm, hex } = parseDigest(descriptor.digest);
  const { size, urls = [] } = descriptor;
  const path = `blobs/${algorithm}:${hex}`;
  const checked = (remainder: Remainder) => (response: HttpResponse) => {
    bodyStart(response, remainder, size);
    return response;
  };
  const fromRegistry: OpenRemainder = (remainder) => {
    const { ifRange } = remainder;
    const headers = rangeHeader(remainder, size);
    const accepted = headers.range === undefined ? [200] : [200, 206];
    const asked = { path, headers, ifRange, accepted, notFound: 'BLOB_UNKNOWN', keychain, signal } as const;
    return transport.ask(repository, asked, checked(remainder));
  };
  const isPlain = transport.endpoint(repository.registry).protocol === 'http:';
  return {
    async *[Symbol.asyncIterator]() {
      let missing: RegistryError | undefined;
      const open: OpenRemainder = async (remainder) => {
        try {
          if (missing === undefined) return await fromRegistry(remainder);
        } catch (error) {
          if (!(error instanceof RegistryError) || error.code !== 'BLOB_UNKNOWN' || urls.length === 0) throw error;
          missing = error;
        }
        return fetchForeign(transport, { ...descriptor, urls }, remainder, { allowHttp: isPlain, missing, signal });
      };
      const context = { retries: transport.retries, events: transport.events, signal };
      yield* resumedBody(open, descriptor, context, part);
    },
  };
}
