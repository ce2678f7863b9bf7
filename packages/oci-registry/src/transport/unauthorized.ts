import type { Credential } from '../credentials/credential.ts';
import type { KeychainTarget } from '../credentials/keychain.ts';
import { RegistryError } from '../error.ts';

/** One credential that was refused, and how. */
export interface RefusedCredential {
  /** `undefined` is anonymous. */
  readonly credential: Credential | undefined;
  readonly error: RegistryError;
}

/**
 * What to do about a refusal, told apart by whether a credential was used.
 *
 * @param actions what was to be done: `pull`, `pull,push`
 */
export function accessHint(target: KeychainTarget, credential: Credential | undefined, actions: string): string {
  if (credential === undefined) {
    return `no credential is configured for ${target.registry}; log in to it, or check that the repository exists`;
  }
  const source = credential.source === undefined ? '' : ` from ${credential.source}`;
  const part = credential.username === undefined ? 'token' : 'user name and password';
  return `the credential${source} was refused; check the ${part} for ${target.registry}, and its right to ${actions.replaceAll(',', ' and ')}`;
}

/** The error for a Basic challenge that a credential, or the lack of one, cannot answer. */
export function unauthorized(
  what: string,
  target: KeychainTarget,
  credential: Credential | undefined,
  actions: string,
): RegistryError {
  const lack = credential === undefined ? 'none are configured' : 'the credential has only a token';
  return new RegistryError('UNAUTHORIZED', `${what}: the registry wants a user name and password, and ${lack}`, {
    status: 401,
    hint: accessHint(target, credential, actions),
  });
}

/** Sources of credentials as one phrase, each once. */
function nameSources(refused: readonly RefusedCredential[]): string {
  const names = refused.map(({ credential }) => credential?.source ?? 'a credential without a name');
  return [...new Set(names)].join(', ');
}

/**
 * The error for a request that nothing opened the registry to: that of the credential where there was only one, else
 * one that names the sources of all. `undefined` where nothing was tried.
 *
 * @param what method and redacted URL
 */
export function allRefused(what: string, refused: readonly RefusedCredential[]): RegistryError | undefined {
  const withCredential = refused.filter(({ credential }) => credential !== undefined);
  if (withCredential.length < 2) return (withCredential[0] ?? refused.at(-1))?.error;
  // A registry that knows an account and denies it says more than one that does not know the account.
  const { error } = withCredential.find((each) => each.error.code === 'DENIED') ?? withCredential[0] ?? {};
  const anonymous = withCredential.length < refused.length ? ', and so was anonymous access' : '';
  const count = `all ${withCredential.length} credentials were refused`;
  return new RegistryError(
    error?.code ?? 'UNAUTHORIZED',
    `${what}: ${count} (${nameSources(withCredential)})${anonymous}`,
    {
      status: error?.status,
      hint: 'check that one of these credentials is still good and has the right that this takes',
      cause: new AggregateError(
        refused.map((each) => each.error),
        'every credential was refused',
      ),
    },
  );
}

/**
 * The error for a request that nothing opened the registry to, and for which a keychain could not give what it should
 * have: that is what there is to mend.
 */
export function refusedWithout(unavailable: RegistryError, refusal: RegistryError): RegistryError {
  const said = unavailable.message.replace(`[${unavailable.code}] `, '');
  const refused = refusal.message.replace(`[${refusal.code}] `, '');
  return new RegistryError('CREDENTIALS_UNAVAILABLE', `${said}; without it: ${refused}`, {
    status: refusal.status,
    retryable: unavailable.retryable,
    retryAfter: unavailable.retryAfter,
    hint: unavailable.hint,
    cause: new AggregateError(
      [unavailable, refusal],
      'a credential could not be had, and access was refused without it',
    ),
  });
}
