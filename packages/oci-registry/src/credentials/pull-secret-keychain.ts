import { RegistryError } from '../error.ts';
import type { Credential } from './credential.ts';
import {
  type DockerConfigFormat,
  dockerConfigCredential,
  dockerConfigEntries,
  invalidDockerConfig,
  parseDockerConfigJson,
} from './docker-config.ts';
import type { Keychain } from './keychain.ts';
import { parseRegistryPattern, type RegistryPattern } from './registry-pattern.ts';

/** A Kubernetes Secret of type `kubernetes.io/dockerconfigjson` or `kubernetes.io/dockercfg`. */
export interface PullSecret {
  readonly namespace: string;
  readonly name: string;
  /** Which of the two: `config.json` has `{"auths": {…}}`, `.dockercfg` is what is inside. */
  readonly format: DockerConfigFormat;
  /** The JSON text, decoded from the Secret's base64. */
  readonly dockerConfig: string;
}

/** Options of {@link pullSecretKeychain}. */
export interface PullSecretKeychainOptions {
  /**
   * Is told of each Secret, and each entry of one, that cannot be used: RegistryError `CREDENTIALS_INVALID`, with the name
   * of the Secret and nothing of its text. Called before {@link pullSecretKeychain} returns.
   */
  readonly onProblem?: ((error: RegistryError) => void) | undefined;
}

interface Entry {
  readonly pattern: RegistryPattern;
  readonly credential: Credential;
}

const hint =
  'the Secret must hold a docker config.json with a user name and password; kubectl create secret docker-registry makes one';
/** Longest text read, in characters; Kubernetes keeps Secrets below 1 MiB. */
const maxSecretLength = 1024 * 1024;
/** The key under which docker stores logins to Docker Hub, without `/v1/`. It is not the host that images name. */
const hubKey = 'index.docker.io';

/** Runs one part of reading a Secret; what is wrong with it is reported and does not keep the rest from being read. */
function tryRead<T>(read: () => T, { onProblem }: PullSecretKeychainOptions): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    onProblem?.(error);
    return undefined;
  }
}

function readSecret(secret: PullSecret, options: PullSecretKeychainOptions): readonly Entry[] {
  const origin = { name: `pull secret ${secret.namespace}/${secret.name}`, hint };
  const entries = tryRead(() => {
    if (secret.dockerConfig.length > maxSecretLength) {
      throw invalidDockerConfig(origin, `it is longer than ${maxSecretLength} characters`);
    }
    return dockerConfigEntries(origin, parseDockerConfigJson(origin, secret.dockerConfig), secret.format);
  }, options);
  return (entries ?? []).flatMap(([key, value], index) => {
    const label = `entry ${index + 1}`;
    const entry = tryRead(() => {
      const credential = dockerConfigCredential(origin, label, value);
      if (credential === undefined) return undefined;
      const pattern = parseRegistryPattern(key);
      if (pattern === undefined) throw invalidDockerConfig(origin, `${label} names no registry`);
      return { pattern, credential };
    }, options);
    return entry === undefined ? [] : [entry];
  });
}

function descending({ pattern: a }: Entry, { pattern: b }: Entry): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? 1 : -1;
}

/**
 * The credentials of Kubernetes image pull secrets, found as the kubelet finds them (`pkg/credentialprovider`): keys may
 * hold globs (`*.example.com`, one star within one label) and a path; ports must be equal. Everything that matches is an
 * answer, the reverse lexicographic order of the keys first (so `host/team` before `host`, and names before globs), then
 * the order of the secrets. A login to `index.docker.io` counts for Docker Hub where nothing else matches.
 *
 * A malformed Secret does not hide the others. The source of a credential is `pull secret NAMESPACE/NAME`.
 *
 * @param secrets the pod's own first, then those of its service account
 */
export function pullSecretKeychain(secrets: readonly PullSecret[], options: PullSecretKeychainOptions = {}): Keychain {
  // Sorting is stable: what is equal stays in the order of the secrets.
  const entries = secrets.flatMap((secret) => readSecret(secret, options)).sort(descending);
  return {
    resolve(target) {
      const matching = entries.filter(({ pattern }) => pattern.matches(target));
      const isHub = target.registry === 'docker.io';
      const found = matching.length === 0 && isHub ? entries.filter(({ pattern }) => pattern.key === hubKey) : matching;
      return Promise.resolve(found.map(({ credential }) => credential));
    },
  };
}
