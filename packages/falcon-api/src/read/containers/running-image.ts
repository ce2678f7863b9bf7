import type { z } from 'zod';
import { flag, list, mapOf, model, neededFlag, neededText, number, text, texts } from '../call/model.ts';

/** Where an image runs: `models.ClusterInfo`. */
export interface ClusterInfo {
  readonly cluster_id?: string;
  readonly cluster_name?: string;
  readonly cloud?: string;
  readonly cloud_account_id?: string;
  readonly cloud_region?: string;
  readonly cloud_service?: string;
  readonly k8s_distro?: string;
}

/**
 * An image that containers use: `models.ContainerImage`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_container_image.go
 */
export interface RunningImage {
  readonly id: string;
  readonly image_digest?: string;
  readonly image_id?: string;
  readonly image_name?: string;
  readonly image_registry?: string;
  readonly image_repository?: string;
  readonly image_tag?: string;
  /** False for an image no inventory of which ever arrived. */
  readonly image_has_been_assessed?: boolean;
  readonly image_detection_count?: number;
  readonly image_vulnerability_count?: number;
  readonly container_count?: number;
  readonly running_container_count?: number;
  /** By container id, whether it runs. */
  readonly containers_running_status: Readonly<Record<string, boolean>>;
  readonly cluster_info: readonly ClusterInfo[];
  readonly hosts: readonly string[];
  readonly cid?: string;
  /** RFC 3339. */
  readonly last_seen?: string;
}

const clusterInfo = model<ClusterInfo>({
  cluster_id: text,
  cluster_name: text,
  cloud: text,
  cloud_account_id: text,
  cloud_region: text,
  cloud_service: text,
  k8s_distro: text,
});

/** Reads a `models.ContainerImage`. */
export const runningImageSchema: z.ZodType<RunningImage> = model<RunningImage>({
  id: neededText,
  image_digest: text,
  image_id: text,
  image_name: text,
  image_registry: text,
  image_repository: text,
  image_tag: text,
  image_has_been_assessed: flag,
  image_detection_count: number,
  image_vulnerability_count: number,
  container_count: number,
  running_container_count: number,
  containers_running_status: mapOf(neededFlag),
  cluster_info: list(clusterInfo),
  hosts: texts,
  cid: text,
  last_seen: text,
});
