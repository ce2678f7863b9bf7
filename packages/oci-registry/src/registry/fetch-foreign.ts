import { RegistryError } from '../error.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import type { HttpResponse } from '../transport/http.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { responseError } from '../transport/response-error.ts';
import { bodyStart, type Remainder, rangeHeader } from '../transport/resumed-body.ts';

/** Most URLs of one layer that are tried. */
const maxUrls = 4;

/** How {@link fetchForeign} asks. */
export interface ForeignOptions {
  /** Whether plain http will do, as it does for the registry. */
  readonly allowHttp: boolean;
  /** That the registry does not hold the layer. */
  readonly missing: RegistryError | undefined;
  readonly signal?: AbortSignal | undefined;
}

function usable(text: string, allowHttp: boolean): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') return undefined;
  return url.protocol === 'https:' || (allowHttp && url.protocol === 'http:') ? url : undefined;
}

async function fetchUrl(
  transport: RegistryTransport,
  url: URL,
  size: number,
  remainder: Remainder,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const { ifRange } = remainder;
  const tag = ifRange?.origin === url.origin ? { 'if-range': ifRange.etag } : {};
  const range = rangeHeader(remainder, size);
  const headers = { ...range, ...tag };
  const response = await transport.send({ method: 'GET', url, headers, kind: 'blob', foreign: true, signal });
  if (response.status !== 200 && (response.status !== 206 || range.range === undefined)) {
    throw await responseError(response, { notFound: 'BLOB_UNKNOWN', signal });
  }
  bodyStart(response, remainder, size);
  return response;
}

/**
 * Gets a foreign layer from the URLs of its descriptor (image-spec, descriptor.md "urls"), those with https, in their
 * order, at most four. Anybody can have written them: no credential is sent there, and metadata addresses are not
 * asked.
 *
 * @throws RegistryError `LAYER_UNAVAILABLE` where none has it
 */
export async function fetchForeign(
  transport: RegistryTransport,
  { digest, size, urls }: ContentDescriptor & { readonly urls: readonly string[] },
  remainder: Remainder,
  { allowHttp, missing, signal }: ForeignOptions,
): Promise<HttpResponse> {
  const found = urls.map((text) => usable(text, allowHttp)).filter((url) => url !== undefined);
  const errors: unknown[] = missing === undefined ? [] : [missing];
  for (const url of found.slice(0, maxUrls)) {
    try {
      return await fetchUrl(transport, url, size, remainder, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryError) || error.code === 'CLOSED') throw error;
      errors.push(error);
    }
  }
  const tried = found.slice(0, maxUrls).map(({ host }) => host);
  const outcome = tried.length === 0 ? 'no URL that may be used' : `not to be had from ${tried.join(', ')} either`;
  throw new RegistryError(
    'LAYER_UNAVAILABLE',
    `foreign layer ${digest}: the registry does not hold it, and ${outcome}`,
    {
      status: missing?.status,
      retryable: errors.some((error) => error instanceof RegistryError && error.retryable),
      hint: 'check that the hosts of its URLs can be reached, or push the image with its foreign layers included',
      cause: new AggregateError(errors, 'nobody has the layer'),
    },
  );
}
