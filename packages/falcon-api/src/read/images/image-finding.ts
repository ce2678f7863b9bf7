import type { z } from 'zod';
import { flag, type JsonObject, jsonObject, list, model, neededText, number, text, texts } from '../call/model.ts';

/**
 * One row of the images export: an image or, where findings are expanded, one finding of an image:
 * `models.APIImageCombinedExport`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_api_image_combined_export.go
 */
export interface ImageFinding {
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
  readonly is_base_image?: boolean;
  readonly ai_related?: boolean;
  /** Who gave the image to the cloud. */
  readonly source?: string;
  readonly cid?: string;
  /** RFC 3339. */
  readonly first_seen?: string;
  readonly last_seen?: string;
  readonly image_build_date?: string;
  readonly started_containers?: number;
  readonly stopped_containers?: number;
  readonly cve_id?: string;
  readonly cvss_score?: string;
  readonly cve_exploited_status?: number;
  readonly cve_first_seen?: string;
  readonly cve_publication_date?: string;
  readonly vulnerability_severity?: string;
  readonly vulnerability_cps_rating?: string;
  readonly vulnerability_description?: string;
  readonly package_name_version?: string;
  readonly packages_impacted?: number;
  readonly detection_name?: string;
  readonly detection_severity?: string;
  readonly detection_type?: string;
  readonly business_impact: readonly string[];
  readonly business_unit: readonly string[];
  readonly environment: readonly string[];
  readonly groups: readonly string[];
  readonly cloud_groups_v2: readonly JsonObject[];
}

/** Reads a `models.APIImageCombinedExport`. */
export const imageFindingSchema: z.ZodType<ImageFinding> = model<ImageFinding>({
  image_digest: neededText,
  image_id: text,
  index_digest: text,
  registry: text,
  repository: text,
  tag: text,
  architecture: text,
  base_os: text,
  is_base_image: flag,
  ai_related: flag,
  source: text,
  cid: text,
  first_seen: text,
  last_seen: text,
  image_build_date: text,
  started_containers: number,
  stopped_containers: number,
  cve_id: text,
  cvss_score: text,
  cve_exploited_status: number,
  cve_first_seen: text,
  cve_publication_date: text,
  vulnerability_severity: text,
  vulnerability_cps_rating: text,
  vulnerability_description: text,
  package_name_version: text,
  packages_impacted: number,
  detection_name: text,
  detection_severity: text,
  detection_type: text,
  business_impact: texts,
  business_unit: texts,
  environment: texts,
  groups: texts,
  cloud_groups_v2: list(jsonObject),
});
