import { anonymousKeychain, type Keychain, type KeychainTarget } from '../credentials/keychain.ts';
import { Authorizer } from './authorizer.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { registryEndpoint } from './endpoint.ts';
import type { Grant } from './grant.ts';
import { type HttpResponse, HttpTransport } from './http.ts';
import type { RegistryRequest } from './registry-request.ts';
import { responseError } from './response-error.ts';
import { accessHint } from './unauthorized.ts';

/** Asks repositories: addresses them, authenticates, and turns every status that is not wanted into an error. */
export class RegistryTransport {
  readonly #http: HttpTransport;
  readonly #authorizer: Authorizer;
  readonly #keychain: Keychain;
  readonly #options: RegistryClientOptions;

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#http = new HttpTransport(options);
    this.#keychain = options.keychain ?? anonymousKeychain();
    this.#authorizer = new Authorizer(this.#http, options.now ?? Date.now);
  }

  /**
   * Resolves to a response with an accepted status and an unread body.
   *
   * @throws RegistryError whatever keeps it from that.
   */
  async request(target: KeychainTarget, asked: RegistryRequest): Promise<HttpResponse> {
    const { keychain = this.#keychain, accepted = [200], notFound, signal } = asked;
    const registry = registryEndpoint(target.registry, this.#options);
    const request = { registry, target, keychain, actions: asked.actions ?? 'pull', signal };
    const { path } = asked;
    const url = path instanceof URL ? path : new URL(`/v2/${target.repository}/${path}`, registry);
    // A Location may lead to a server for uploads: it has signed the URL, and gets no credential of ours.
    const isOwn = url.origin === registry.origin;
    const access = this.#authorizer.begin(request);
    try {
      for (;;) {
        const response = await this.#send(url, asked, isOwn ? access.grant : undefined, !isOwn);
        if (accepted.includes(response.status)) {
          this.#authorizer.succeed(request, access);
          return response;
        }
        const refused = (response.status === 401 || response.status === 403) && !response.redirected && isOwn;
        const hint = refused ? accessHint(target, access.grant?.credential) : undefined;
        const retryAfter = this.#http.retryAfter(response);
        const error = await responseError(response, { notFound, hint, retryAfter, signal });
        if (!refused) throw error;
        await access.refuse(response.what, error, response.headers['www-authenticate']);
      }
    } finally {
      await access.close();
    }
  }

  /** Ends all connections. */
  close(): Promise<void> {
    return this.#http.close();
  }

  #send(
    url: URL,
    { method = 'GET', accept, headers, body, signal }: RegistryRequest,
    grant: Grant | undefined,
    foreign: boolean,
  ): Promise<HttpResponse> {
    const all = { ...headers, ...(accept !== undefined && { accept }) };
    return this.#http.send({ method, url, headers: all, authorization: grant?.authorization, foreign, body, signal });
  }
}
