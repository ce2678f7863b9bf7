import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from './cluster.ts';
import { Kubelet } from './kubelet.ts';
import { type Etcd, startEtcd } from './start-etcd.ts';
import { type KubeApiserver, type KubeApiserverOptions, startKubeApiserver } from './start-kube-apiserver.ts';

/** A control plane without controllers, scheduler and nodes: tests play those. */
export interface Kubernetes extends AsyncDisposable {
  readonly etcd: Etcd;
  readonly apiserver: KubeApiserver;
  /** What an administrator does. */
  readonly cluster: Cluster;
  /** What the nodes do. */
  readonly kubelet: Kubelet;
  /** A folder that goes with it, for tokens and the like. */
  readonly directory: string;
  /** Ends both processes and removes the folder. */
  close(): Promise<void>;
}

/** Starts etcd and a kube-apiserver on it. */
export async function startKubernetes(options: KubeApiserverOptions = {}): Promise<Kubernetes> {
  const directory = await mkdtemp(join(tmpdir(), 'falcon-iar-kube-'));
  const started: { etcd?: Etcd; apiserver?: KubeApiserver } = {};
  const close = async (): Promise<void> => {
    started.apiserver?.admin.close();
    await started.apiserver?.stop();
    await started.etcd?.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const etcd = await startEtcd(directory);
    started.etcd = etcd;
    const apiserver = await startKubeApiserver(directory, etcd.url, options);
    started.apiserver = apiserver;
    const [cluster, kubelet] = [new Cluster(apiserver.admin), new Kubelet(apiserver.admin, apiserver.minor)];
    return { etcd, apiserver, cluster, kubelet, directory, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
