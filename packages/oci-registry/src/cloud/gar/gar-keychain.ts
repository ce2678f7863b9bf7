import type { Credential } from '../../credentials/credential.ts';
import type { Keychain } from '../../credentials/keychain.ts';
import { RegistryError } from '../../error.ts';
import { canonicalHost } from '../../reference/host.ts';
import { type Perishable, renewed } from '../renewed.ts';
import { googleDefaultCredentials } from './default-credentials.ts';
import type { GoogleCredentialsOptions } from './google-credentials-options.ts';
import type { GoogleTokenProvider } from './google-token.ts';

/** Options of {@link garKeychain}. */
export interface GarKeychainOptions extends GoogleCredentialsOptions {
  /** Where tokens come from. Default {@link googleDefaultCredentials} with the same options. */
  readonly credentials?: GoogleTokenProvider | undefined;
  /** Further hosts that get the token: registries of another universe, private names. They match exactly. */
  readonly registries?: readonly string[] | undefined;
  /** Told why everything is read anonymously, once for each time that it is found out. Default nobody is. */
  readonly onProblem?: ((error: RegistryError) => void) | undefined;
}

/** Container Registry with its regions, and Artifact Registry. All names below them are Google's. */
const googleRegistry = /^(?:(?:[a-z0-9-]+\.)*gcr\.io|(?:[a-z0-9-]+\.)+pkg\.dev)(?::443)?$/;

/**
 * How long before its end a token is renewed, ms. The metadata server goes on giving the same one until 4 minutes before
 * its end, so there is nothing to win in asking earlier.
 */
const leeway = 225_000;
/**
 * Life of the answer that there is no identity, half of which it is kept, ms: a machine without one is not searched for
 * each image, and the metadata server of GKE may start after a pod.
 */
const absenceLife = 60_000;

/** Says for a host whether it gets the token. */
function registryMatcher(registries: readonly string[]): (registry: string) => boolean {
  const further = new Set(registries.map((registry) => canonicalHost(registry)));
  if (further.has(undefined)) {
    throw new RegistryError('CREDENTIALS_INVALID', 'Google keychain: one of the registries is not a host', {
      hint: 'write HOST or HOST:PORT',
    });
  }
  return (registry) => googleRegistry.test(registry) || further.has(registry);
}

function noIdentity(absent: string): RegistryError {
  const message = `log in to Google's registries: no identity was found: ${absent}`;
  return new RegistryError('CREDENTIALS_UNAVAILABLE', message, {
    hint: 'for private images, give this machine a service account, or name a file as GOOGLE_APPLICATION_CREDENTIALS',
  });
}

/**
 * Credentials for `gcr.io` and its regions (`eu.gcr.io`, …), for Artifact Registry (`*.pkg.dev`), and for the hosts that
 * `registries` names, with the identity of this machine; nothing for others. One token is kept for all of them and renewed
 * before it ends.
 *
 * Public images stay readable: where there is no identity at all, there is no credential, and `onProblem` is told why.
 * Where there is one that is refused, resolving rejects with RegistryError `CREDENTIALS_UNAVAILABLE`, since going on
 * without it would only hide the reason. Rejects also with the other errors of {@link GoogleTokenProvider}.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` for `registries` that are not hosts
 */
export function garKeychain(options: GarKeychainOptions = {}): Keychain {
  const { now = Date.now, credentials = googleDefaultCredentials(options), onProblem } = options;
  const isOurs = registryMatcher(options.registries ?? []);
  const load = async (signal: AbortSignal): Promise<Perishable<Credential | undefined>> => {
    const found = await credentials.getToken({ signal });
    if ('absent' in found) {
      onProblem?.(noIdentity(found.absent));
      return { value: undefined, expiresAt: now() + absenceLife };
    }
    const { token, expiresAt, source = 'Google access token' } = found;
    return { value: { username: 'oauth2accesstoken', password: token, source }, expiresAt };
  };
  const current = renewed(load, { leeway, now });
  return {
    async resolve({ registry }, { signal } = {}) {
      signal?.throwIfAborted();
      return isOurs(registry) ? current(signal) : undefined;
    },
  };
}
