import { type ClusterTransport, type PullSecret, type PullSecretOwner, pullSecretsFor } from '@falcon-iar/k8s-watcher';
import { chainKeychains, type Keychain, pullSecretKeychain } from '@falcon-iar/oci-registry';
import type { Logger } from '../observe/logger.ts';
import type { DiscoveredSecrets } from './discovered-secrets.ts';

/** Finds what opens the registries of a pod's images. */
export interface PullCredentials extends AsyncDisposable {
  /** @throws WatcherError where the API server itself fails; the signal's reason */
  keychainFor(pod: PullSecretOwner, signal: AbortSignal): Promise<Keychain>;
}

/** Where credentials come from beside the pod. */
export interface PullCredentialsOptions {
  readonly transport: ClusterTransport;
  /** Secrets that are good for every pod: `AGENT_REGISTRY_CREDENTIALS`. */
  readonly named: readonly { readonly namespace: string; readonly name: string }[];
  /** All the pull secrets of the cluster, where the agent may look for them. */
  readonly discovered: DiscoveredSecrets | undefined;
  /** What the agent itself was given. */
  readonly own: Keychain;
  readonly logger: Logger;
}

/** Namespaces come and go; told once again is better than remembered for ever. */
const mostReported = 1000;

/**
 * The pull secrets of the pod, then those of its service account, as the kubelet has them; then the named ones, those
 * found in the cluster, and the agent's own. All that match a registry are tried, in this order.
 */
export function createPullCredentials(options: PullCredentialsOptions): PullCredentials {
  const { transport, named, discovered, own, logger } = options;
  const reported = new Set<string>();
  /** A secret that is missing stays so for many pods: told once. */
  const report = (what: string, err: unknown): void => {
    if (reported.has(what)) return;
    if (reported.size >= mostReported) reported.clear();
    reported.add(what);
    logger.warn('a pull secret cannot be used', { secret: what, err });
  };
  const secretsOf = async (owner: PullSecretOwner, signal: AbortSignal): Promise<readonly PullSecret[]> => {
    const { secrets, problems } = await pullSecretsFor(transport, owner, { signal });
    for (const { namespace, object, error } of problems) report(`${namespace}/${object}`, error);
    return secrets;
  };
  return {
    async keychainFor(pod, signal) {
      const secrets = [...(await secretsOf(pod, signal))];
      for (const { namespace, name } of named) {
        secrets.push(...(await secretsOf({ namespace, pullSecretNames: [name] }, signal)));
      }
      if (discovered !== undefined) secrets.push(...(await discovered.secrets(signal)));
      const distinct = new Map(secrets.map((secret) => [`${secret.namespace}/${secret.name}`, secret]));
      const onProblem = (error: Error): void => report(error.message, error);
      return chainKeychains(pullSecretKeychain([...distinct.values()], { onProblem }), own);
    },
    [Symbol.asyncDispose]: async () => discovered?.close(),
  };
}
