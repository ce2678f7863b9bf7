/** Who took the inventory, and where the image was seen. Nothing of it is read from a clock or the environment. */
export interface FalconInventoryContext {
  /** Id of the agent that sends. */
  readonly agentUuid: string;
  readonly agentVersion: string;
  /** The commit the agent was built from. */
  readonly agentVersionHash: string;
  readonly clusterId: string;
  readonly clusterName: string;
  /** Version of the Helm chart; empty without one. */
  readonly helmVersion: string;
  readonly hostIp: string;
  readonly hostName: string;
  /** `watcher` or `socket`. */
  readonly runmode: string;
  /** `docker`, `containerd`, `crio`, `podman`. */
  readonly runtimeType?: string | undefined;
  readonly pod?: { readonly id: string; readonly name: string; readonly namespace: string } | undefined;
  /** The runtime's id of the container; a scheme such as `containerd://` is taken off. */
  readonly containerId?: string | undefined;
  /** Whether an ephemeral container runs the image. */
  readonly ephemeral?: boolean | undefined;
  /** The image as the workload names it. */
  readonly originalImageName: string;
  /** When the inventory was taken, RFC 3339. */
  readonly collectedAt: string;
  /** Version of the engine that took it. */
  readonly engineVersion: string;
  /** `CWPPScannerVersion`. Default: `engineVersion`. */
  readonly scannerVersion?: string | undefined;
  /** Customer id, with or without checksum. */
  readonly cid?: string | undefined;
  /** Id of this scan. */
  readonly scanUuid?: string | undefined;
  /** Id that ties several scans together. */
  readonly correlationUuid?: string | undefined;
}
