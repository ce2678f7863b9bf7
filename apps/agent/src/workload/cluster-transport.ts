import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ClusterTransport, inClusterTransport, kubeconfigTransport } from '@falcon-iar/k8s-watcher';
import { UsageError } from '../cli/usage-error.ts';

/** Where the API server may be found. */
export interface ClusterChoice {
  readonly kubeconfig: string | undefined;
  /** `KUBERNETES_SERVICE_HOST` and `_PORT`, which every pod has. */
  readonly serviceHost: string | undefined;
  readonly servicePort: string | undefined;
  readonly signal: AbortSignal;
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * A kubeconfig that was named, else the service account of the pod, else the kubeconfig in the home directory.
 *
 * @throws UsageError where there is none of them; WatcherError for one that cannot be used
 */
export async function openCluster(choice: ClusterChoice): Promise<ClusterTransport> {
  const { kubeconfig, serviceHost, servicePort, signal } = choice;
  if (kubeconfig !== undefined) return kubeconfigTransport({ path: kubeconfig, signal });
  if (existsSync(join(serviceAccount, 'token'))) {
    const host = serviceHost?.includes(':') ? `[${serviceHost}]` : serviceHost;
    // The address is there even where the cluster's names are not resolved.
    const baseUrl = host === undefined ? {} : { baseUrl: `https://${host}:${servicePort ?? 443}` };
    return inClusterTransport({ ...baseUrl, signal });
  }
  const inHome = join(homedir(), '.kube', 'config');
  if (existsSync(inHome)) return kubeconfigTransport({ path: inHome, signal });
  throw new UsageError(
    'watcher mode needs a Kubernetes API server, and there is neither a service account nor a kubeconfig',
    'run it in a pod with a service account, or set KUBECONFIG',
  );
}
