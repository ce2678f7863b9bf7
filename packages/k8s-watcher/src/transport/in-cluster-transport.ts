import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WatcherError } from '../watcher-error.ts';
import type { ClusterTransport } from './cluster-transport.ts';
import { type ClusterTransportOptions, createClusterTransport } from './create-cluster-transport.ts';

/** How a pod reaches its own cluster. */
export interface InClusterOptions
  extends Omit<ClusterTransportOptions, 'baseUrl' | 'ca' | 'clientCert' | 'token' | 'tokenFile' | 'credentials'> {
  /** Holds `token` and `ca.crt`. Default `/var/run/secrets/kubernetes.io/serviceaccount`. */
  readonly directory?: string;
  /** Default `https://kubernetes.default.svc`. A program gives KUBERNETES_SERVICE_HOST and _PORT where DNS is not sure. */
  readonly baseUrl?: string;
  readonly signal?: AbortSignal;
}

/**
 * A transport with the service account of the pod; its token is read again as the kubelet renews it.
 *
 * @throws WatcherError `CREDENTIALS_UNREADABLE` where the files are not there.
 */
export async function inClusterTransport(options: InClusterOptions = {}): Promise<ClusterTransport> {
  const { directory = '/var/run/secrets/kubernetes.io/serviceaccount', signal, ...rest } = options;
  const path = join(directory, 'ca.crt');
  let ca: string;
  try {
    ca = await readFile(path, { encoding: 'utf8', ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new WatcherError('CREDENTIALS_UNREADABLE', `read ${path}: the service account cannot be read`, {
      cause,
      hint: 'Outside a pod use a kubeconfig; inside, automountServiceAccountToken must not be false.',
    });
  }
  return createClusterTransport({
    baseUrl: 'https://kubernetes.default.svc',
    ...rest,
    ca,
    tokenFile: join(directory, 'token'),
  });
}
