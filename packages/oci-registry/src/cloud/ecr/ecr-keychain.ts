import type { Credential } from '../../credentials/credential.ts';
import type { Keychain } from '../../credentials/keychain.ts';
import { RegistryError } from '../../error.ts';
import { BoundedMap } from '../../transport/bounded-map.ts';
import { type Perishable, renewed } from '../renewed.ts';
import { requestEcrLogin } from './authorization-token.ts';
import type { AwsCredentials, AwsCredentialsAbsence, AwsCredentialsProvider } from './aws-credentials.ts';
import { type AwsContext, type AwsOptions, awsContext } from './aws-options.ts';
import { defaultAwsCredentials } from './credentials-chain.ts';
import { type EcrApi, ecrApiOf } from './ecr-host.ts';

/** Options of {@link ecrKeychain}. */
export interface EcrKeychainOptions extends AwsOptions {
  /** Finds the AWS identity. Default {@link defaultAwsCredentials} with the same options. */
  readonly credentials?: AwsCredentialsProvider | undefined;
  /**
   * Told why `public.ecr.aws` is read anonymously although there is an identity, or might be: many that may read
   * private registries lack the rights for this one. Default nobody is.
   */
  readonly onProblem?: ((error: unknown) => void) | undefined;
}

type Answer = AwsCredentials | AwsCredentialsAbsence;
type Loader<T> = (signal?: AbortSignal) => Promise<T>;

/** Tokens last for twelve hours: renewed an hour before, a trouble of AWS may last as long. */
const tokenLeeway = 60 * 60_000;
/**
 * Life of the answer that there is no identity, half of which it is kept: a machine without one is not asked for each
 * image, and one that starts may still get its own.
 */
const absenceLife = 60_000;
/** How long `public.ecr.aws` is read anonymously after a problem, ms. */
const anonymousTime = 5 * 60_000;
/** Host names come from references: as many regions and endpoints as there may be, and an end. */
const maxEndpoints = 256;

/** The AWS identity of this process, kept as long as it is good. */
class Identity {
  readonly #provider: AwsCredentialsProvider;
  readonly #now: () => number;
  #current: Loader<Answer>;

  constructor(provider: AwsCredentialsProvider, now: () => number) {
    this.#provider = provider;
    this.#now = now;
    this.#current = this.#renewed();
  }

  get(signal: AbortSignal): Promise<Answer> {
    return this.#current(signal);
  }

  /** Asks the provider anew, whatever is kept. */
  renew(signal: AbortSignal): Promise<Answer> {
    this.#current = this.#renewed();
    return this.#current(signal);
  }

  #renewed(): Loader<Answer> {
    const now = this.#now;
    const load = async (signal: AbortSignal): Promise<Perishable<Answer>> => {
      const value = await this.#provider.provide({ signal });
      if ('absent' in value) return { value, expiresAt: now() + absenceLife };
      // What does not end is not kept: the variables may change.
      return { value, expiresAt: value.expiresAt ?? now() };
    };
    return renewed(load, { now });
  }
}

function noIdentity(absence: AwsCredentialsAbsence, api: EcrApi): RegistryError {
  return new RegistryError(
    'CREDENTIALS_UNAVAILABLE',
    `log in to Amazon ECR in ${api.region}: no AWS identity was found: ${absence.absent}`,
    { hint: 'give this process a role that may do ecr:GetAuthorizationToken, or keys; profiles are not read' },
  );
}

/** Gets a login; with newer credentials where AWS says that these have ended. */
async function loadCredential(
  api: EcrApi,
  identity: Identity,
  context: AwsContext,
  signal: AbortSignal,
): Promise<Perishable<Credential | undefined>> {
  for (let isLast = false; ; isLast = true) {
    const credentials = await (isLast ? identity.renew(signal) : identity.get(signal));
    if ('absent' in credentials) {
      if (!api.isPublic) throw noIdentity(credentials, api);
      return { value: undefined, expiresAt: context.now() + absenceLife };
    }
    const outcome = await requestEcrLogin({ api, credentials, context, signal });
    if (!('refused' in outcome)) {
      const source = `Amazon ECR in ${api.region}${credentials.identity === undefined ? '' : ` as ${credentials.identity}`}`;
      return { value: { ...outcome.value, source }, expiresAt: outcome.expiresAt };
    }
    if (isLast || !outcome.isStale) throw outcome.refused;
  }
}

/** The login, or none for a while where there is a problem. */
function orAnonymous(
  login: Loader<Credential | undefined>,
  now: () => number,
  onProblem: EcrKeychainOptions['onProblem'],
): Loader<Credential | undefined> {
  let until = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    if (now() < until) return undefined;
    try {
      return await login(signal);
    } catch (error) {
      signal?.throwIfAborted();
      // Whoever waited for the same attempt has told it already.
      if (now() >= until) onProblem?.(error);
      until = now() + anonymousTime;
      return undefined;
    }
  };
}

/**
 * Logins for Amazon ECR with the AWS identity of this process: private registries in all partitions (also FIPS and
 * dual-stack hosts), and `public.ecr.aws`. Other hosts have none. One token serves all registries of a region, of other
 * accounts too, where their policies allow it; it is kept until an hour before its end.
 *
 * Resolving rejects for a private registry with RegistryError `CREDENTIALS_UNAVAILABLE` where no identity is found (the
 * message says where was looked) or AWS refuses, `RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`, `NETWORK`, `TIMEOUT`, `TLS`
 * or `PROXY`. `public.ecr.aws` is then read anonymously, for five minutes before the next attempt.
 */
export function ecrKeychain(options: EcrKeychainOptions = {}): Keychain {
  const context = awsContext(options);
  const { now } = context;
  const { credentials = defaultAwsCredentials({ ...options, ...context }), onProblem } = options;
  const identity = new Identity(credentials, now);
  const logins = new BoundedMap<Loader<Credential | undefined>>(maxEndpoints);

  const createLogin = (api: EcrApi): Loader<Credential | undefined> => {
    const load = (signal: AbortSignal) => loadCredential(api, identity, context, signal);
    const login = renewed(load, { now, leeway: tokenLeeway });
    return api.isPublic ? orAnonymous(login, now, onProblem) : login;
  };
  return {
    async resolve({ registry }, { signal } = {}) {
      signal?.throwIfAborted();
      const api = ecrApiOf(registry);
      if (api === undefined) return undefined;
      const login = logins.get(api.host) ?? createLogin(api);
      logins.set(api.host, login);
      return login(signal);
    },
  };
}
