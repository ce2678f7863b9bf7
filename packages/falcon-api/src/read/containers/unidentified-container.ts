import type { z } from 'zod';
import { list, model, text } from '../call/model.ts';

/** An image of an unidentified container: `models.ImageInformation`. */
export interface UnidentifiedImage {
  readonly image_digest?: string;
  readonly image_id?: string;
  readonly image_name?: string;
}

/** A container that is none of a known workload: `models.ContainerInformation`. */
export interface ImpactedContainer {
  readonly container_id?: string;
  readonly container_detection_count?: string;
}

/**
 * Containers that the cloud cannot attribute, by pod or host: `models.APIUnidentifiedContainer`. The counts are texts in
 * the published model.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_api_unidentified_container.go
 */
export interface UnidentifiedContainer {
  readonly cid?: string;
  readonly cluster_name?: string;
  readonly namespace?: string;
  readonly node_name?: string;
  readonly host_id?: string;
  readonly pod_id?: string;
  readonly pod_name?: string;
  readonly visible_to_k8s?: string;
  readonly severity?: string;
  /** RFC 3339. */
  readonly detect_timestamp?: string;
  readonly first_seen?: string;
  readonly last_seen?: string;
  readonly detections_count?: string;
  readonly runtime_detections_count?: string;
  readonly image_assessment_detections_count?: string;
  readonly containers_impacted_count?: string;
  readonly containers_impacted: readonly ImpactedContainer[];
  readonly assessed_images_count?: string;
  readonly assessed_images: readonly UnidentifiedImage[];
  readonly unassessed_images_count?: string;
  readonly unassessed_images: readonly UnidentifiedImage[];
}

const image = model<UnidentifiedImage>({ image_digest: text, image_id: text, image_name: text });
const container = model<ImpactedContainer>({ container_id: text, container_detection_count: text });

/** Reads a `models.APIUnidentifiedContainer`. */
export const unidentifiedContainerSchema: z.ZodType<UnidentifiedContainer> = model<UnidentifiedContainer>({
  cid: text,
  cluster_name: text,
  namespace: text,
  node_name: text,
  host_id: text,
  pod_id: text,
  pod_name: text,
  visible_to_k8s: text,
  severity: text,
  detect_timestamp: text,
  first_seen: text,
  last_seen: text,
  detections_count: text,
  runtime_detections_count: text,
  image_assessment_detections_count: text,
  containers_impacted_count: text,
  containers_impacted: list(container),
  assessed_images_count: text,
  assessed_images: list(image),
  unassessed_images_count: text,
  unassessed_images: list(image),
});
