/** Where an image was seen to run: a container of a pod, or of a host without Kubernetes. */
export interface WorkloadContext {
  readonly namespace?: string;
  readonly podName?: string;
  readonly podUid?: string;
  readonly containerName?: string;
  /** The runtime's id of the container, without a scheme such as `containerd://`. */
  readonly containerId?: string;
  readonly nodeName?: string;
  /** Name of the machine, in socket mode. */
  readonly hostName?: string;
  /** The controller that owns the pod. */
  readonly owner?: { readonly kind: string; readonly name: string };
  /** Whether an ephemeral container runs the image. */
  readonly ephemeral?: boolean;
}
