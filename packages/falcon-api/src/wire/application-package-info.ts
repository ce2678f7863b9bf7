import { z } from 'zod';
import { arrayOf, int32, optional } from './schema-parts.ts';

/**
 * The language packages of one type: `models.ApplicationPackageInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_application_package_info_type.go
 */
export interface ApplicationPackageInfo {
  readonly libraries: readonly ApplicationLibrary[];
  /** The package type as a number; the cloud's values are not public. */
  readonly type: number;
}

/**
 * One language package at one place: `models.ApplicationLibrary`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_application_library.go
 */
export interface ApplicationLibrary {
  readonly Hash?: string;
  /** Digest of the layer that brought it. */
  readonly LayerHash?: string;
  /** 0 = lowest. */
  readonly LayerIndex: number;
  readonly License?: string;
  readonly Name?: string;
  /** The file that proves the package, with a leading slash. */
  readonly Path?: string;
  readonly Version?: string;
  readonly ai_related?: boolean;
}

const librarySchema: z.ZodType<ApplicationLibrary> = z.strictObject({
  Hash: optional(z.string()),
  LayerHash: optional(z.string()),
  LayerIndex: int32,
  License: optional(z.string()),
  Name: optional(z.string()),
  Path: optional(z.string()),
  Version: optional(z.string()),
  ai_related: optional(z.boolean()),
});

/** Checks a `models.ApplicationPackageInfoType`. */
export const applicationPackageInfoSchema: z.ZodType<ApplicationPackageInfo> = z.strictObject({
  libraries: arrayOf(librarySchema),
  type: int32,
});
