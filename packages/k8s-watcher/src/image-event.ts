/** Where a container image was seen to run. */
export interface PodContext {
  readonly namespace: string;
  readonly podName: string;
  readonly podUid: string;
  readonly containerName: string;
  /** Container id without its scheme, such as `containerd://`; absent until the runtime made one. */
  readonly containerId?: string;
  readonly nodeName?: string;
}

/** Which list of the pod names the container. */
export type ContainerKind = 'container' | 'init' | 'ephemeral';

/** One container of a pod and the image it runs. */
export interface PodImage {
  /** Image exactly as the pod spec has it. */
  readonly reference: string;
  /** `algorithm:hex` that the runtime reports as running; absent until it does. */
  readonly digest?: string;
  readonly kind: ContainerKind;
  readonly context: PodContext;
}

/** A container with a running digest appeared. */
export interface ImageSeen extends PodImage {
  readonly type: 'seen';
  readonly digest: string;
}

/** The last container of a pod that ran this image is gone. */
export interface ImageGone {
  readonly type: 'gone';
  readonly digest: string;
  readonly podUid: string;
}
