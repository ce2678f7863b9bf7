import type { z } from 'zod';
import { flag, list, model, neededText, number, text, texts } from '../call/model.ts';

/** A vulnerability of a package: `models.APIPackageVulnerability`. */
export interface PackageVulnerability {
  readonly cveid: string;
  readonly description?: string;
  readonly fix_resolution: readonly string[];
  /** `critical`, `high`, `medium`, `low` or `negligible`. */
  readonly severity?: string;
}

/**
 * A package over all images: `models.APIPackageCombined`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_api_package_combined.go
 */
export interface AssessedPackage {
  /** Name and version in one text. */
  readonly package_name_version: string;
  readonly type?: string;
  readonly license?: string;
  readonly ai_related?: boolean;
  readonly cid?: string;
  /** Images that hold it. */
  readonly all_images?: number;
  /** Those of them that run. */
  readonly running_images?: number;
  readonly vulnerability_count?: number;
  readonly vulnerabilities: readonly PackageVulnerability[];
}

/**
 * A package and one of its vulnerabilities: `models.APIPackageCombinedV2`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_api_package_combined_v2.go
 */
export interface VulnerablePackage {
  /** Name and version in one text. */
  readonly package_name_version: string;
  /** Empty where the package has no known vulnerability. */
  readonly cveid?: string;
  readonly fix_resolution: readonly string[];
  readonly severity?: string;
  readonly vulnerability_description?: string;
  readonly type?: string;
  readonly license?: string;
  readonly ai_related?: boolean;
  readonly cid?: string;
  /** Images that hold it. */
  readonly all_images?: number;
  /** Those of them that run. */
  readonly running_images?: number;
}

const packageVulnerability = model<PackageVulnerability>({
  cveid: neededText,
  description: text,
  fix_resolution: texts,
  severity: text,
});

/** Reads a `models.APIPackageCombined`. */
export const assessedPackageSchema: z.ZodType<AssessedPackage> = model<AssessedPackage>({
  package_name_version: neededText,
  type: text,
  license: text,
  ai_related: flag,
  cid: text,
  all_images: number,
  running_images: number,
  vulnerability_count: number,
  vulnerabilities: list(packageVulnerability),
});

/** Reads a `models.APIPackageCombinedV2`. */
export const vulnerablePackageSchema: z.ZodType<VulnerablePackage> = model<VulnerablePackage>({
  package_name_version: neededText,
  cveid: text,
  fix_resolution: texts,
  severity: text,
  vulnerability_description: text,
  type: text,
  license: text,
  ai_related: flag,
  cid: text,
  all_images: number,
  running_images: number,
});
