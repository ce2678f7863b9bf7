import { RegistryError } from '../error.ts';
import type { RegistryErrorCode } from '../error-codes.ts';
import type { HostTarget } from '../hosts/registry-host.ts';
import { parseJson } from '../image/wire-document.ts';
import type { HttpResponse } from '../transport/http.ts';
import { readCapped } from '../transport/read-capped.ts';
import { printUrl } from '../transport/redact.ts';
import type { RegistryRequest } from '../transport/registry-request.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { responseBody } from '../transport/response-body.ts';
import { nextLink } from './list-link.ts';
import type { RegistryReadOptions } from './read-options.ts';

/** Largest page of a list, in bytes. Google's registries put facts about each image beside the tags. */
const maxPageBytes = 32 * 1024 * 1024;
/** Pages after which a list is not believed to have an end. */
const maxPages = 10_000;
/** Pages in a row with nothing on them; some registries filter after they have cut the pages. */
const maxEmptyPages = 100;

/** What a list is asked for with. */
export interface PageRequest {
  /** The first page, as {@link RegistryRequest.path}. */
  readonly first: string | URL;
  /** Error code of a 404 that names none. */
  readonly notFound: RegistryErrorCode;
  /** `Accept` header. */
  readonly accept?: string | undefined;
  /** Rights asked for where the registry does not say which. */
  readonly actions?: string | undefined;
  /** Statuses of the first page that end the list and are told by `undefined`. */
  readonly absent?: readonly number[] | undefined;
}

/** One page of a list. */
export interface Page {
  /** The document, not checked. */
  readonly document: unknown;
  /** Headers of the answer. */
  readonly headers: HttpResponse['headers'];
  /** Redacted URL, for messages. */
  readonly where: string;
}

function followed(link: string, from: URL): URL {
  const next = URL.canParse(link, from.href) ? new URL(link, from) : undefined;
  // A next page elsewhere would be asked for with the credentials of the registry, or invent tags for it.
  if (next?.origin !== from.origin || next.username !== '' || next.password !== '') {
    throw new RegistryError('RESPONSE_INVALID', `GET ${printUrl(from)}: the next page lies on another origin`);
  }
  next.hash = '';
  return next;
}

function endless(from: URL, reason: string): RegistryError {
  return new RegistryError('RESPONSE_INVALID', `GET ${printUrl(from)}: the list has no end: ${reason}`);
}

async function readPage(response: HttpResponse, signal: AbortSignal | undefined): Promise<Page> {
  const where = `GET ${printUrl(response.url)}`;
  const tooLarge = (): RegistryError =>
    new RegistryError('RESPONSE_TOO_LARGE', `${where}: the page is larger than ${maxPageBytes} bytes`);
  const bytes = await readCapped(responseBody(response, signal), maxPageBytes, tooLarge);
  return { document: parseJson(bytes, 'RESPONSE_INVALID', where), headers: response.headers, where };
}

/** Sees that the pages of one list come to an end. */
class PageCount {
  readonly #seen = new Set<string>();
  #empty = 0;

  /** @throws RegistryError `RESPONSE_INVALID` where the list goes on for ever */
  add(url: URL, entries: number): void {
    this.#seen.add(url.href);
    this.#empty = entries > 0 ? 0 : this.#empty + 1;
    if (this.#empty > maxEmptyPages) throw endless(url, `${maxEmptyPages} pages without an entry`);
    if (this.#seen.size > maxPages) throw endless(url, `more than ${maxPages} pages`);
  }

  /** @throws RegistryError `RESPONSE_INVALID` where the list goes round */
  checked(url: URL): URL {
    if (this.#seen.has(url.href)) throw endless(url, 'a page leads back to one before it');
    return url;
  }
}

/**
 * Reads the pages of a list, following `Link: …; rel="next"` (RFC 8288, distribution-spec "Listing tags"). Each page is
 * asked for when the one before it has been taken. `read` gives the entries of a page.
 *
 * Iterating throws RegistryError `RESPONSE_INVALID` for pages that lead elsewhere or go round, `RESPONSE_TOO_LARGE`, and
 * those of the transport.
 *
 * @returns whether there was a list; false where the first page was absent
 */
export async function* listPages<T>(
  transport: RegistryTransport,
  target: HostTarget,
  request: PageRequest,
  options: RegistryReadOptions,
  read: (page: Page) => readonly T[],
): AsyncGenerator<T, boolean, undefined> {
  const { keychain, signal } = options;
  const { notFound, accept = 'application/json', actions, absent = [] } = request;
  const fixed = { need: 'resolve', actions, accept, notFound, keychain, signal } as const;
  const count = new PageCount();
  let path: RegistryRequest['path'] = request.first;
  for (let isFirst = true; ; isFirst = false) {
    const accepted = isFirst ? [200, ...absent] : [200];
    const response = await transport.request(target, { ...fixed, path, accepted });
    if (response.status !== 200) {
      await response.body.dump({ limit: 64 * 1024 });
      return false;
    }
    const page = await readPage(response, signal);
    const entries = read(page);
    count.add(response.url, entries.length);
    yield* entries;
    const link = nextLink(page.headers.link);
    if (link === undefined) return true;
    path = count.checked(followed(link, response.url));
  }
}
