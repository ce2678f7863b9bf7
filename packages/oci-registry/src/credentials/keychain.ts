import type { RegistryError } from '../error.ts';
import type { Credential } from './credential.ts';
import { credentialsFrom } from './credentials-from.ts';
import { isUnavailable, unavailableCredentials } from './unavailable-credentials.ts';

/** What a credential is wanted for. */
export interface KeychainTarget {
  /** Registry host in canonical form, `docker.io` for Docker Hub (see {@link Reference.registry}). */
  readonly registry: string;
  /** Repository name without the registry. */
  readonly repository: string;
}

/** Options of one look-up. */
export interface KeychainResolveOptions {
  /** Stops a look-up that reads files or asks a service. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a keychain has for a target: one credential, or several in the order in which they are to be tried, or
 * `undefined` for none. An async iterable is asked only as far as the credentials before were refused.
 */
export type KeychainAnswer = Credential | readonly Credential[] | AsyncIterable<Credential> | undefined;

/**
 * Finds the credentials for a repository. A keychain stands for one user: give each its own, since a client that was
 * let in with an answer goes on using it for the same keychain and repository until it is refused.
 */
export interface Keychain {
  /**
   * Resolves to what this keychain has for the target; access is anonymous where that is nothing.
   *
   * Rejecting with RegistryError `CREDENTIALS_UNAVAILABLE`, at once or in the middle of an async iterable, says that
   * something should be there and is not: other keychains and anonymous access still have their try, and the error is
   * thrown where they do not help. Any other error ends the request.
   */
  resolve(target: KeychainTarget, options?: KeychainResolveOptions): Promise<KeychainAnswer>;
}

/** A keychain without credentials: everything is read anonymously. */
export function anonymousKeychain(): Keychain {
  return { resolve: () => Promise.resolve(undefined) };
}

/**
 * The credentials of several keychains one after the other: all of the first, then all of the second, and so on, since
 * any of them may be the one that is let in. A keychain is asked only when everything before it was refused, so one
 * that is slow or broken costs nothing as long as it is not needed. One that rejects with `CREDENTIALS_UNAVAILABLE` does
 * not keep those behind it from being asked.
 */
export function chainKeychains(...keychains: readonly Keychain[]): Keychain {
  return {
    resolve: (target, options) =>
      Promise.resolve({
        async *[Symbol.asyncIterator]() {
          const errors: RegistryError[] = [];
          for (const keychain of keychains) {
            try {
              yield* credentialsFrom(keychain, target, options);
            } catch (error) {
              if (!isUnavailable(error)) throw error;
              errors.push(error);
            }
          }
          const [first, ...others] = errors;
          if (first !== undefined) throw unavailableCredentials([first, ...others]);
        },
      }),
  };
}
