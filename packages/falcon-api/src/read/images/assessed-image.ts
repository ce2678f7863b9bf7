import type { z } from 'zod';
import { flag, model, neededText, number, text } from '../call/model.ts';

/**
 * An assessed image with its counts: `models.ExtAPIImageCombined`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_ext_api_image_combined.go
 */
export interface AssessedImage {
  /** `algorithm:hex` of the platform's manifest. */
  readonly image_digest: string;
  /** `algorithm:hex` of the config. */
  readonly image_id?: string;
  readonly index_digest?: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly architecture?: string;
  readonly base_os?: string;
  readonly multi_arch?: boolean;
  readonly ai_related?: boolean;
  readonly cid?: string;
  /** Containers that use it. */
  readonly containers?: number;
  readonly detections?: number;
  readonly vulnerabilities?: number;
  readonly packages?: number;
  readonly layers_with_vulnerabilities?: number;
  /** `critical`, `high`, `medium`, `low` or `negligible`. */
  readonly highest_detection_severity?: string;
  readonly highest_vulnerability_severity?: string;
  /** RFC 3339. */
  readonly first_seen?: string;
  readonly last_seen?: string;
  readonly report_url_by_id_and_digest?: string;
  readonly report_url_by_repo_and_tag?: string;
  readonly warning?: number;
}

/** Reads a `models.ExtAPIImageCombined`. */
export const assessedImageSchema: z.ZodType<AssessedImage> = model<AssessedImage>({
  image_digest: neededText,
  image_id: text,
  index_digest: text,
  registry: text,
  repository: text,
  tag: text,
  architecture: text,
  base_os: text,
  multi_arch: flag,
  ai_related: flag,
  cid: text,
  containers: number,
  detections: number,
  vulnerabilities: number,
  packages: number,
  layers_with_vulnerabilities: number,
  highest_detection_severity: text,
  highest_vulnerability_severity: text,
  first_seen: text,
  last_seen: text,
  report_url_by_id_and_digest: text,
  report_url_by_repo_and_tag: text,
  warning: number,
});
