import type { z } from 'zod';
import { model, neededText, number, text, texts } from '../call/model.ts';

/**
 * A detection over all images: `models.APICombinedDetections`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_api_combined_detections.go
 */
export interface AssessedDetection {
  readonly detection_id: string;
  readonly detection_name?: string;
  /** `critical`, `high`, `medium`, `low` or `negligible`. */
  readonly detection_severity?: string;
  /** Such as `malware`, `secret` or `misconfiguration`. */
  readonly detection_type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly remediation?: string;
  readonly details: readonly string[];
  readonly containers_impacted?: number;
  readonly images_impacted?: number;
  /** RFC 3339. */
  readonly last_detected?: string;
  readonly cid?: string;
}

/**
 * A detection of one image: `models.APIAssessmentDetections`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_api_assessment_detections.go
 */
export interface ImageDetection {
  readonly id: string;
  readonly name?: string;
  readonly severity?: string;
  readonly detection_type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly remediation?: string;
  readonly details?: string;
  readonly image_digest?: string;
  readonly image_id?: string;
  readonly image_registry?: string;
  readonly image_repository?: string;
  readonly image_tag?: string;
  readonly image_architecture?: string;
  readonly image_created_at?: string;
  /** Bytes. */
  readonly image_size?: number;
  readonly os_name?: string;
  readonly os_version?: string;
}

/** Reads a `models.APICombinedDetections`. */
export const assessedDetectionSchema: z.ZodType<AssessedDetection> = model<AssessedDetection>({
  detection_id: neededText,
  detection_name: text,
  detection_severity: text,
  detection_type: text,
  title: text,
  description: text,
  remediation: text,
  details: texts,
  containers_impacted: number,
  images_impacted: number,
  last_detected: text,
  cid: text,
});

/** Reads a `models.APIAssessmentDetections`. */
export const imageDetectionSchema: z.ZodType<ImageDetection> = model<ImageDetection>({
  id: neededText,
  name: text,
  severity: text,
  detection_type: text,
  title: text,
  description: text,
  remediation: text,
  details: text,
  image_digest: text,
  image_id: text,
  image_registry: text,
  image_repository: text,
  image_tag: text,
  image_architecture: text,
  image_created_at: text,
  image_size: number,
  os_name: text,
  os_version: text,
});
