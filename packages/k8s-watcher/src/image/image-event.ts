/** Where a container image was seen to run. */
export interface PodContext {
  readonly namespace: string;
  readonly podName: string;
  readonly podUid: string;
  readonly containerName: string;
  /** Container id without its scheme, such as `containerd://`; absent until the runtime made one. */
  readonly containerId?: string;
  readonly nodeName?: string;
  /** The controller that owns the pod, such as a ReplicaSet, Job or DaemonSet. */
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly serviceAccountName?: string;
  /** Names of the pod's own `imagePullSecrets`. */
  readonly pullSecretNames: readonly string[];
}

/** Which list of the pod names the container. */
export type ContainerKind = 'container' | 'init' | 'ephemeral';

/** What a runtime reports as the image of a container. */
export interface RunningImage {
  /** `algorithm:hex`. */
  readonly digest: string;
  /**
   * What the digest is of: `manifest` is what the registry gave, a platform manifest or the index above it; `config` is
   * the image id, where the runtime knows no manifest.
   */
  readonly digestOf: 'manifest' | 'config';
  /** `repository@digest` as the runtime has it, to pull by; only with `manifest`. */
  readonly pullReference?: string;
}

/** One container of a pod and the image it runs; `digest` and its kin are absent until the runtime reports them. */
export interface PodImage extends Partial<RunningImage> {
  /** Image exactly as the pod spec has it. */
  readonly reference: string;
  readonly kind: ContainerKind;
  readonly context: PodContext;
}

/** A container with a running digest appeared, or an image became of interest again. */
export interface ImageSeen extends PodImage {
  readonly type: 'seen';
  readonly digest: string;
  readonly digestOf: 'manifest' | 'config';
}

/** The last container of a pod that ran this image is gone, or the image was excluded. */
export interface ImageGone {
  readonly type: 'gone';
  readonly digest: string;
  readonly namespace: string;
  readonly podName: string;
  readonly podUid: string;
}

/** Everything that runs at this moment has been told. Comes once, and again after each new list of pods. */
export interface ImagesSynced {
  readonly type: 'synced';
  /** Pods that are known now. */
  readonly pods: number;
}
