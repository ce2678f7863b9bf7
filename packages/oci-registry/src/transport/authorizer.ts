import type { Keychain } from '../credentials/keychain.ts';
import { Access, type AccessRequest } from './access.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Grant } from './grant.ts';
import type { HttpTransport } from './http.ts';
import { TokenStore } from './token-store.ts';

/** Most repositories remembered for one keychain. */
const maxRepositories = 512;

/** By origin and not by name: what let a request in over https is nothing to be sent over http. */
function keyOf({ registry, target, actions, scopes = [] }: AccessRequest): string {
  return `${registry.origin} ${target.registry}/${target.repository}:${actions} ${scopes.join(' ')}`;
}

/**
 * Remembers what let requests in, for each keychain by itself: what one user was let in with is nothing that another
 * may use. Only tokens are shared, and those between users who have the same account.
 */
export class Authorizer {
  readonly #now: () => number;
  readonly #tokens: TokenStore;
  readonly #worked = new WeakMap<Keychain, BoundedMap<Grant>>();

  constructor(http: HttpTransport, now: () => number) {
    this.#now = now;
    this.#tokens = new TokenStore(http, now);
  }

  /** Begins a request. The first thing to send is what worked the last time, where there is such a thing. */
  begin(request: AccessRequest): Access {
    const remembered = this.#worked.get(request.keychain)?.get(keyOf(request));
    const isLive = remembered !== undefined && remembered.expiresAt > this.#now();
    return new Access(this.#tokens, request, remembered, isLive);
  }

  /** Remembers what a request was let in with. */
  succeed(request: AccessRequest, { grant }: Access): void {
    if (grant === undefined) return;
    const { keychain } = request;
    const worked = this.#worked.get(keychain) ?? new BoundedMap<Grant>(maxRepositories);
    this.#worked.set(keychain, worked);
    worked.set(keyOf(request), grant);
  }
}
