import type { Credential } from '../../credentials/credential.ts';
import type { Keychain } from '../../credentials/keychain.ts';
import { furtherRegistries } from '../further-registries.ts';
import { presentIdentity } from '../identity-source.ts';
import { type Perishable, renewed } from '../renewed.ts';
import { googleDefaultCredentials } from './default-credentials.ts';
import type { GoogleOptions } from './google-options.ts';
import type { GoogleTokenSource } from './google-token.ts';

/** Options of {@link garKeychain}. */
export interface GarKeychainOptions extends GoogleOptions {
  /** Finds the identity. Default {@link googleDefaultCredentials} with the same options. */
  readonly credentials?: GoogleTokenSource | undefined;
  /** Further hosts that get the token: registries of another universe, private names. They match exactly. */
  readonly registries?: readonly string[] | undefined;
}

/** Container Registry with its regions, and Artifact Registry. All names below them are Google's. */
const googleRegistry = /^(?:(?:[a-z0-9-]+\.)*gcr\.io|(?:[a-z0-9-]+\.)+pkg\.dev)(?::443)?$/;

/**
 * How long before its end a token is renewed, ms. The metadata server goes on giving the same one until 4 minutes before
 * its end, so there is nothing to win in asking earlier.
 */
const leeway = 225_000;
/** Says where no identity was found how to have one. */
const noIdentityHint =
  'for private images, give this machine a service account, or name a file as GOOGLE_APPLICATION_CREDENTIALS';

/**
 * Credentials for `gcr.io` and its regions (`eu.gcr.io`, …), for Artifact Registry (`*.pkg.dev`), and for the hosts that
 * `registries` names, with the identity of this machine; nothing for others. One token is kept for all of them and renewed
 * before it ends; a failure is kept for half a minute.
 *
 * Resolving rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where there is no identity, or the one that is there is
 * refused: a client goes on with other keychains and without credentials, so public images stay readable, and fails with
 * this error where that opens nothing. Rejects also with the other errors of {@link GoogleTokenSource}.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` for `registries` that are not hosts
 */
export function garKeychain(options: GarKeychainOptions = {}): Keychain {
  const { now = Date.now, credentials = googleDefaultCredentials(options) } = options;
  const isFurther = furtherRegistries('Google', options.registries);
  const load = async (signal: AbortSignal): Promise<Perishable<Credential>> => {
    const answer = await credentials.get({ signal });
    const { token, expiresAt, identity } = presentIdentity(answer, "log in to Google's registries", noIdentityHint);
    const source = identity ?? 'Google access token';
    return { value: { username: 'oauth2accesstoken', password: token, source }, expiresAt };
  };
  const current = renewed(load, { leeway, now });
  return {
    async resolve({ registry }, { signal } = {}) {
      signal?.throwIfAborted();
      return googleRegistry.test(registry) || isFurther(registry) ? current(signal) : undefined;
    },
  };
}
