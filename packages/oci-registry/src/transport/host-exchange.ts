import type { Keychain } from '../credentials/keychain.ts';
import type { RegistryHost } from '../hosts/registry-host.ts';
import { Authorizer } from './authorizer.ts';
import type { Grant } from './grant.ts';
import type { HttpResponse, HttpTransport } from './http.ts';
import { isStaleRedirect } from './redirect.ts';
import type { RegistryRequest } from './registry-request.ts';
import { requestKind } from './request-kind.ts';
import { responseError } from './response-error.ts';
import { accessHint } from './unauthorized.ts';

function staleHint(response: HttpResponse): string | undefined {
  if (!isStaleRedirect(response)) return undefined;
  return 'the storage that the registry redirects to refuses its URL; check the clocks, or tell its operator';
}

/** Names in lower case, so that none stands beside one of ours in another case. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function urlFor({ api, namespace, repository }: RegistryHost, path: string | URL): URL {
  const base = api.pathname.endsWith('/') ? api : new URL(`${api.pathname}/`, api);
  const below = repository === '' ? path : `${repository}/${path}`;
  const url = path instanceof URL ? new URL(path) : new URL(`./${below}`, base);
  if (namespace === undefined || url.origin !== api.origin || url.searchParams.has('ns')) return url;
  // By hand: writing the parsed query anew would change how the rest of it is spelled.
  url.search += `${url.search === '' ? '' : '&'}ns=${encodeURIComponent(namespace)}`;
  return url;
}

/** Asks one host: addresses it, authenticates, and turns every status that is not wanted into an error. */
export class HostExchange {
  readonly #http: HttpTransport;
  readonly #authorizer: Authorizer;

  constructor(http: HttpTransport, now: () => number) {
    this.#http = http;
    this.#authorizer = new Authorizer(http, now);
  }

  /**
   * Resolves to a response with an accepted status and an unread body.
   *
   * @param replaceable whether another host can be asked instead
   * @throws RegistryError whatever keeps it from that
   */
  async send(
    host: RegistryHost,
    asked: RegistryRequest,
    keychain: Keychain,
    replaceable: boolean,
  ): Promise<HttpResponse> {
    const { accepted = [200], actions = 'pull', notFound, scopes, signal } = asked;
    const target = { registry: host.registry, repository: host.repository };
    const request = { registry: host.api, tls: host.tls, target, keychain, actions, scopes, signal };
    const url = urlFor(host, asked.path);
    // A Location may lead to a server for uploads: it has signed the URL, and gets no credential of ours.
    const isOwn = url.origin === host.api.origin;
    const access = this.#authorizer.begin(request);
    try {
      for (;;) {
        const response = await this.#send(host, url, asked, isOwn ? access.grant : undefined, replaceable);
        if (accepted.includes(response.status)) {
          this.#authorizer.succeed(request, access);
          return response;
        }
        const refused = (response.status === 401 || response.status === 403) && !response.redirected && isOwn;
        const hint = refused ? accessHint(target, access.grant?.credential, actions) : staleHint(response);
        const retryAfter = this.#http.retryAfter(response);
        const error = await responseError(response, { notFound, hint, retryAfter, signal });
        if (!refused) throw error;
        await access.refuse(response.what, error, response.headers['www-authenticate']);
      }
    } finally {
      await access.close();
    }
  }

  #send(
    { api, concurrency, headers: ownHeaders, requestsPerSecond, tls }: RegistryHost,
    url: URL,
    { method = 'GET', accept, body, headers, ifRange, path, signal }: RegistryRequest,
    grant: Grant | undefined,
    replaceable: boolean,
  ): Promise<HttpResponse> {
    const isOwn = url.origin === api.origin;
    return this.#http.send({
      method,
      url,
      kind: requestKind(path),
      headers: {
        ...headers,
        ...(accept !== undefined && { accept }),
        ...(ifRange?.origin === url.origin && { 'if-range': ifRange.etag }),
      },
      authorization: grant?.authorization,
      ...(isOwn && { ownHeaders: lowerCased(ownHeaders), limits: { requestsPerSecond, concurrency } }),
      body,
      foreign: !isOwn,
      tls,
      replaceable,
      signal,
    });
  }
}
