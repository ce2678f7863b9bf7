import type { Credential } from './credential.ts';

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

/** Finds the credential for a repository. */
export interface Keychain {
  /** Resolves to the credential, or to `undefined` where this keychain has none: then access is anonymous. */
  resolve(target: KeychainTarget, options?: KeychainResolveOptions): Promise<Credential | undefined>;
}

/** A keychain without credentials: everything is read anonymously. */
export function anonymousKeychain(): Keychain {
  return { resolve: () => Promise.resolve(undefined) };
}

/** Asks keychains in order; the first one that has a credential for the target wins. An error of one is not hidden. */
export function chainKeychains(...keychains: readonly Keychain[]): Keychain {
  return {
    async resolve(target, options) {
      for (const keychain of keychains) {
        const credential = await keychain.resolve(target, options);
        if (credential !== undefined) return credential;
      }
      return undefined;
    },
  };
}
