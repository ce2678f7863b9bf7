import type { Credential } from '../../credentials/credential.ts';
import type { Keychain } from '../../credentials/keychain.ts';
import { RegistryError } from '../../error.ts';
import { BoundedMap } from '../../transport/bounded-map.ts';
import { type CloudContext, type CloudOptions, cloudContext } from '../cloud-options.ts';
import { presentIdentity } from '../identity-source.ts';
import { KeptIdentity } from '../kept-identity.ts';
import { type Loader, type Perishable, renewed } from '../renewed.ts';
import { reasonOf, unavailable } from '../unavailable.ts';
import { requestEcrLogin } from './authorization-token.ts';
import type { AwsCredentials, AwsCredentialsSource } from './aws-credentials.ts';
import { defaultAwsCredentials } from './default-credentials.ts';
import { type EcrApi, ecrApiOf } from './ecr-host.ts';

/** Options of {@link ecrKeychain}. */
export interface EcrKeychainOptions extends CloudOptions {
  /** Finds the identity. Default {@link defaultAwsCredentials} with the same options. */
  readonly credentials?: AwsCredentialsSource | undefined;
}

/** Tokens last for twelve hours: renewed an hour before, a trouble of AWS may last as long. */
const tokenLeeway = 60 * 60_000;
/** How long `public.ecr.aws` is left alone after a failure, ms: nobody needs a login there. */
const publicPause = 5 * 60_000;
/** Host names come from references: as many regions and endpoints as there may be, and an end. */
const maxEndpoints = 256;
const noIdentityHint = 'give this process a role that may do ecr:GetAuthorizationToken, or keys; profiles are not read';

/** The AWS identity of this process. */
function keptIdentity(source: AwsCredentialsSource, now: () => number): KeptIdentity<AwsCredentials> {
  const find = async (signal: AbortSignal): Promise<Perishable<AwsCredentials>> => {
    const value = presentIdentity(await source.get({ signal }), 'log in to Amazon ECR', noIdentityHint);
    // What does not end is not kept: the variables may change.
    return { value, expiresAt: value.expiresAt ?? now() };
  };
  return new KeptIdentity(find, { now });
}

/** Gets a login; with newer credentials where AWS says that these have ended. */
async function loadCredential(
  api: EcrApi,
  kept: KeptIdentity<AwsCredentials>,
  context: CloudContext,
  signal: AbortSignal,
): Promise<Perishable<Credential>> {
  for (let isAgain = false; ; isAgain = true) {
    const { identity: credentials } = await kept.get(signal);
    const outcome = await requestEcrLogin({ api, credentials, context, signal });
    if (!('refused' in outcome)) {
      const source = `Amazon ECR in ${api.region}${credentials.identity === undefined ? '' : ` as ${credentials.identity}`}`;
      return { value: { ...outcome.value, source }, expiresAt: outcome.expiresAt };
    }
    if (outcome.isStale) kept.drop(credentials);
    if (isAgain || !outcome.isStale) throw outcome.refused;
  }
}

/** As an error that no client takes for the end: what is public can be read without a login. */
function needless(error: unknown): RegistryError {
  if (error instanceof RegistryError && error.code === 'CREDENTIALS_UNAVAILABLE') return error;
  return unavailable(`log in to Amazon ECR Public: ${reasonOf(error)}`, error);
}

/**
 * Logins for Amazon ECR with the AWS identity of this process: private registries in all partitions (also FIPS and
 * dual-stack hosts), and `public.ecr.aws`. Other hosts have none. One token serves all registries of a region, of other
 * accounts too, where their policies allow it; it is kept until an hour before its end. A failure is kept for half a
 * minute, one of the public registry for five.
 *
 * Resolving rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where no identity is found (the message says where was
 * looked) or AWS refuses, and for the public registry whatever the problem is: a client goes on with other keychains and
 * without credentials, and fails with this error where that opens nothing. For private registries it rejects also with
 * `CREDENTIALS_INVALID` for files and variables that cannot be understood, `RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`,
 * `NETWORK`, `TIMEOUT`, `TLS` and `PROXY`; for all with the signal's reason.
 */
export function ecrKeychain(options: EcrKeychainOptions = {}): Keychain {
  const context = cloudContext(options);
  const { now } = context;
  const { credentials = defaultAwsCredentials(context) } = options;
  const identity = keptIdentity(credentials, now);
  const logins = new BoundedMap<Loader<Credential>>(maxEndpoints);

  const create = (api: EcrApi): Loader<Credential> => {
    const load = async (signal: AbortSignal): Promise<Perishable<Credential>> => {
      try {
        return await loadCredential(api, identity, context, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw api.isPublic ? needless(error) : error;
      }
    };
    return renewed(load, { now, leeway: tokenLeeway, pause: api.isPublic ? publicPause : undefined });
  };
  return {
    async resolve({ registry }, { signal } = {}) {
      signal?.throwIfAborted();
      const api = ecrApiOf(registry);
      if (api === undefined) return undefined;
      const login = logins.get(api.host) ?? create(api);
      logins.set(api.host, login);
      return login(signal);
    },
  };
}
