/** The runtimes that this package is for. */
export type RuntimeKind = 'docker' | 'podman' | 'containerd' | 'crio';

/** Where a runtime listens. */
export interface RuntimeEndpoint {
  readonly kind: RuntimeKind;
  /** Absolute path of the unix socket. */
  readonly socketPath: string;
  /** containerd namespace; `k8s.io`, where Kubernetes keeps its containers, when absent. */
  readonly namespace?: string;
}
