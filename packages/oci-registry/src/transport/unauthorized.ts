import type { Credential } from '../credentials/credential.ts';
import type { KeychainTarget } from '../credentials/keychain.ts';
import { RegistryError } from '../error.ts';

/** What to do about a refusal, told apart by whether a credential was used. */
export function accessHint(target: KeychainTarget, credential: Credential | undefined): string {
  if (credential === undefined) {
    return `no credential is configured for ${target.registry}; log in to it, or check that the repository exists`;
  }
  const source = credential.source === undefined ? '' : ` from ${credential.source}`;
  const part = credential.username === undefined ? 'token' : 'user name and password';
  return `the credential${source} was refused; check the ${part} for ${target.registry}, and its right to pull`;
}

/** The error for a refusal that no request could be sent about. */
export function unauthorized(
  what: string,
  target: KeychainTarget,
  credential: Credential | undefined,
  happened: string,
): RegistryError {
  return new RegistryError('UNAUTHORIZED', `${what}: ${happened}`, {
    status: 401,
    hint: accessHint(target, credential),
  });
}
