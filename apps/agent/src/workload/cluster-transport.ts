import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ClusterTransport, inClusterTransport, kubeconfigTransport } from '@falcon-iar/k8s-watcher';
import { UsageError } from '../cli/usage-error.ts';
import type { AgentEnvironment } from '../run/agent-environment.ts';

/** Where the API server may be found. */
export interface ClusterChoice {
  /** Paths, as KUBECONFIG has them; empty where none was named. */
  readonly kubeconfig: readonly string[];
  /** Has `KUBERNETES_SERVICE_HOST` and `_PORT` in every pod; credential plugins of a kubeconfig get all of it. */
  readonly environment: AgentEnvironment;
  /** Directory of the pod's service account. Default: where every pod has it. */
  readonly serviceAccount?: string;
  readonly signal: AbortSignal;
}

const usualServiceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * A kubeconfig that was named, else the service account of the pod, else the kubeconfig in the home directory.
 *
 * @throws UsageError where there is none of them; WatcherError for one that cannot be used
 */
export async function openCluster(choice: ClusterChoice): Promise<ClusterTransport> {
  const { kubeconfig, environment, serviceAccount = usualServiceAccount, signal } = choice;
  const { KUBERNETES_SERVICE_HOST: serviceHost, KUBERNETES_SERVICE_PORT: servicePort } = environment;
  if (kubeconfig.length > 0) return kubeconfigTransport({ paths: kubeconfig, environment, signal });
  if (existsSync(join(serviceAccount, 'token'))) {
    const host = serviceHost?.includes(':') ? `[${serviceHost}]` : serviceHost;
    // The address is there even where the cluster's names are not resolved.
    const baseUrl = host === undefined ? {} : { baseUrl: `https://${host}:${servicePort ?? 443}` };
    return inClusterTransport({ ...baseUrl, directory: serviceAccount, signal });
  }
  const inHome = join(homedir(), '.kube', 'config');
  if (existsSync(inHome)) return kubeconfigTransport({ path: inHome, environment, signal });
  throw new UsageError(
    'watcher mode needs a Kubernetes API server, and there is neither a service account nor a kubeconfig',
    'run it in a pod with a service account, or set KUBECONFIG',
  );
}
