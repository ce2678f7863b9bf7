/** The runtimes that this package is for. */
export type RuntimeKind = 'docker' | 'podman' | 'containerd' | 'crio';

/** Where a runtime listens. */
export interface RuntimeEndpoint {
  readonly kind: RuntimeKind;
  /** Absolute path of the unix socket. */
  readonly socketPath: string;
  /** containerd namespace, such as `k8s.io`. */
  readonly namespace?: string;
}

/** A container that runs, and the image it runs. */
export interface RunningImage {
  /** Image as the container was started with it. */
  readonly reference: string;
  /** `algorithm:hex` of the platform manifest, or of the config where the runtime keeps no manifest. */
  readonly digest: string;
  readonly identity: 'manifest' | 'config';
  readonly containerId: string;
  readonly containerName?: string;
}
