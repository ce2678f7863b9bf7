import { accountId } from '../credentials/account-id.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Grant } from './grant.ts';
import type { HttpTransport } from './http.ts';
import { SingleFlight } from './single-flight.ts';
import { fetchToken, type TokenRequest } from './token.ts';
import { scopesOf } from './token-scope.ts';

/** Most tokens kept; a registry of an agent's whole life may have thousands of repositories. */
const maxTokens = 512;
/** A token is renewed this much before its end, or a tenth of its life before where that is less, in ms. */
const maxLeeway = 10_000;

/** A token is for one registry, one account and one set of scopes, and is found by nothing less. */
function keyOf(request: TokenRequest): string {
  const { parameters } = request.challenge;
  const server = [parameters.get('realm') ?? null, parameters.get('service') ?? null];
  return JSON.stringify([request.registry.origin, accountId(request.credential), ...server, scopesOf(request)]);
}

/** Gets access tokens, and keeps them by registry, account and scope until they expire. */
export class TokenStore {
  readonly #http: HttpTransport;
  readonly #now: () => number;
  readonly #grants = new BoundedMap<Grant>(maxTokens);
  readonly #flights = new SingleFlight<Grant>();

  constructor(http: HttpTransport, now: () => number) {
    this.#http = http;
    this.#now = now;
  }

  /** The token that is kept for a request, if there is one and it is still good. */
  kept(request: TokenRequest): Grant | undefined {
    const grant = this.#grants.get(keyOf(request));
    return grant !== undefined && grant.expiresAt > this.#now() ? grant : undefined;
  }

  /** Forgets a token that was refused. False where somebody else has done so, or another one has taken its place. */
  drop(request: TokenRequest, grant: Grant): boolean {
    const key = keyOf(request);
    return this.#grants.get(key)?.authorization === grant.authorization && this.#grants.delete(key);
  }

  /**
   * Gets a new token and keeps it. Who asks for the same one at the same time shares it.
   *
   * @throws RegistryError what {@link fetchToken} throws
   */
  fetch(request: TokenRequest): Promise<Grant> {
    const key = keyOf(request);
    const work = async (signal: AbortSignal): Promise<Grant> => {
      const asked = this.#now();
      const { token, lifetime } = await fetchToken(this.#http, { ...request, signal });
      const { credential, challenge } = request;
      const expiresAt = asked + lifetime - Math.min(maxLeeway, lifetime / 10);
      const grant = { authorization: `Bearer ${token}`, expiresAt, credential, challenge };
      this.#grants.set(key, grant);
      return grant;
    };
    // A refusal names the source of the credential, so only who has it from the same source shares one.
    return this.#flights.run(JSON.stringify([key, request.credential?.source]), work, request.signal);
  }
}
