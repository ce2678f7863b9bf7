import { anonymousKeychain, type KeychainTarget } from '../credentials/keychain.ts';
import type { RegistryErrorCode } from '../error-codes.ts';
import { Authorizer } from './authorizer.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { registryEndpoint } from './endpoint.ts';
import { discard, type HttpResponse, HttpTransport } from './http.ts';
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
  readonly signal?: AbortSignal | undefined;
}

/** Gets things from repositories: addresses them, authenticates, and turns everything but a 200 into an error. */
export class RegistryTransport {
  readonly #http: HttpTransport;
  readonly #authorizer: Authorizer;
  readonly #options: RegistryClientOptions;

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#http = new HttpTransport(options);
    this.#authorizer = new Authorizer(this.#http, options.keychain ?? anonymousKeychain(), options.now ?? Date.now);
  }

  /**
   * Resolves to a response with status 200 and an unread body.
   *
   * @throws RegistryError whatever keeps it from that.
   */
  async get(target: KeychainTarget, get: RegistryGet): Promise<HttpResponse> {
    const registry = registryEndpoint(target.registry, this.#options);
    const url = new URL(`/v2/${target.repository}/${get.path}`, registry);
    const headers: Record<string, string> = get.accept === undefined ? {} : { accept: get.accept };
    let grant = this.#authorizer.cached(target);
    for (let answered = false; ; answered = true) {
      const request = { method: 'GET', url, headers, signal: get.signal } as const;
      const response = await this.#http.send({ ...request, authorization: grant?.authorization });
      if (response.status === 200) return response;
      if (response.status !== 401 || response.redirected || answered) {
        const refused = (response.status === 401 || response.status === 403) && !response.redirected;
        throw await responseError(response, {
          notFound: get.notFound,
          hint: refused ? accessHint(target, grant?.credential) : undefined,
          retryAfter: this.#http.retryAfter(response),
          signal: get.signal,
        });
      }
      await discard(response, get.signal);
      const challenges = response.headers['www-authenticate'];
      const { what } = response;
      grant = await this.#authorizer.answer({ what, registry, target, challenges, refused: grant, signal: get.signal });
    }
  }

  /** Ends all connections. */
  close(): Promise<void> {
    return this.#http.close();
  }
}
