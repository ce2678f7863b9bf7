import { anonymousKeychain, type Keychain, type KeychainTarget } from '../credentials/keychain.ts';
import type { RegistryErrorCode } from '../error-codes.ts';
import { Authorizer } from './authorizer.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { registryEndpoint } from './endpoint.ts';
import type { Grant } from './grant.ts';
import { type HttpResponse, HttpTransport } from './http.ts';
import { responseError } from './response-error.ts';
import { accessHint } from './unauthorized.ts';

/** One thing to get from a repository. */
export interface RegistryGet {
  /** Path below `/v2/<name>/`, `manifests/latest`. Made of checked tags and digests only. */
  readonly path: string;
  /** `Accept` header. */
  readonly accept?: string | undefined;
  /** Error code of a 404 that names none. */
  readonly notFound: RegistryErrorCode;
  /** Finds the credentials, instead of the client's keychain. */
  readonly keychain?: Keychain | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Gets things from repositories: addresses them, authenticates, and turns everything but a 200 into an error. */
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
   * Resolves to a response with status 200 and an unread body.
   *
   * @throws RegistryError whatever keeps it from that.
   */
  async get(target: KeychainTarget, get: RegistryGet): Promise<HttpResponse> {
    const { keychain = this.#keychain, signal } = get;
    const registry = registryEndpoint(target.registry, this.#options);
    const request = { registry, target, keychain, signal };
    const access = this.#authorizer.begin(request);
    try {
      for (;;) {
        const response = await this.#send(registry, target, get, access.grant);
        if (response.status === 200) {
          this.#authorizer.succeed(request, access);
          return response;
        }
        const refused = (response.status === 401 || response.status === 403) && !response.redirected;
        const hint = refused ? accessHint(target, access.grant?.credential) : undefined;
        const retryAfter = this.#http.retryAfter(response);
        const error = await responseError(response, { notFound: get.notFound, hint, retryAfter, signal });
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

  #send(registry: URL, target: KeychainTarget, get: RegistryGet, grant: Grant | undefined): Promise<HttpResponse> {
    return this.#http.send({
      method: 'GET',
      url: new URL(`/v2/${target.repository}/${get.path}`, registry),
      headers: get.accept === undefined ? {} : { accept: get.accept },
      authorization: grant?.authorization,
      signal: get.signal,
    });
  }
}
