/** As much of a `v1` Pod as the images of its containers need. All of it is read with suspicion. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>> | null;
    readonly ownerReferences?: readonly PodOwner[] | null;
  };
  readonly spec?: {
    readonly nodeName?: string;
    readonly serviceAccountName?: string;
    readonly imagePullSecrets?: readonly { readonly name?: string }[] | null;
    readonly containers?: readonly PodContainer[] | null;
    readonly initContainers?: readonly PodContainer[] | null;
    readonly ephemeralContainers?: readonly PodContainer[] | null;
  };
  readonly status?: {
    readonly containerStatuses?: readonly PodContainerStatus[] | null;
    readonly initContainerStatuses?: readonly PodContainerStatus[] | null;
    readonly ephemeralContainerStatuses?: readonly PodContainerStatus[] | null;
  };
}

/** An owner reference of a pod. */
export interface PodOwner {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** A container of a pod spec. */
export interface PodContainer {
  readonly name: string;
  readonly image?: string;
}

/** The status of a container, running or finished. */
export interface PodContainerStatus {
  readonly name: string;
  readonly imageID?: string;
  readonly containerID?: string;
}
