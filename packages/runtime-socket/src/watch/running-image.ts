/** A container that runs, and the image it runs. */
export interface RunningImage {
  /** Image as the container was started with it. */
  readonly reference: string;
  /** `algorithm:hex` of the platform manifest, or of the config where the runtime keeps no manifest. */
  readonly digest?: string;
  /** Which of the two `digest` is; `unknown`, without a digest, where the runtime has forgotten the image. */
  readonly identity: 'manifest' | 'config' | 'unknown';
  readonly containerId: string;
  readonly containerName?: string;
  /** Labels of the container; Kubernetes writes `io.kubernetes.pod.name` and the like. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * `NAME@DIGEST` under which the runtime has the image, of a manifest or of an index; a name may be one that was only
   * given here. Absent with Docker and Podman.
   */
  readonly repoDigests?: readonly string[];
}
