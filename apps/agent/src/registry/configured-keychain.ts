import { homedir } from 'node:os';
import { chainKeychains, dockerConfigKeychain, dockerConfigPaths, type Keychain } from '@falcon-iar/oci-registry';
import { type CloudKeychainOptions, cloudKeychain } from './cloud-keychain.ts';

/** Options of {@link configuredKeychain}. */
export interface ConfiguredKeychainOptions extends CloudKeychainOptions {
  /** Whether programs that keep credentials may be run, as `docker` runs them. */
  readonly runHelpers: boolean;
  /** Told of a log-in that is configured and cannot be used. */
  readonly onProblem: (error: unknown) => void;
}

/** What is configured for all images: the files of docker and podman, then the identity that this machine has in a cloud. */
export function configuredKeychain(options: ConfiguredKeychainOptions): Keychain {
  const { env, onProblem, runHelpers } = options;
  const paths = dockerConfigPaths({ env, home: homedir(), uid: process.getuid?.() });
  const helpers = runHelpers ? ({ helpers: { allow: 'any', env } } as const) : {};
  return chainKeychains(dockerConfigKeychain({ paths, onProblem, ...helpers }), cloudKeychain(options));
}
