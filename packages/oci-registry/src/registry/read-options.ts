import type { Keychain } from '../credentials/keychain.ts';
import type { ReadOptions, ResolveOptions } from '../image/image.ts';

/** Options of what a {@link RegistryClient} reads. */
export interface RegistryReadOptions extends ReadOptions {
  /**
   * Finds the credentials for this call, instead of the client's keychain and not beside it. What one keychain was let in
   * with is never used for a call with another, unless both have the same credential.
   */
  readonly keychain?: Keychain | undefined;
}

/** Options of {@link RegistryClient.resolve}. Layers of the image are opened with the keychain it was resolved with. */
export interface RegistryResolveOptions extends ResolveOptions, RegistryReadOptions {}
