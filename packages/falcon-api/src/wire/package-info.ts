import { z } from 'zod';
import { int32, optional } from './schema-parts.ts';

/**
 * One OS package: `models.PackageInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_package_info_type.go
 */
export interface PackageInfo {
  readonly InstallDate?: string;
  /** Digest of the layer that brought it. */
  readonly LayerHash?: string;
  /** 0 = lowest. */
  readonly LayerIndex: number;
  /** The full version, whatever the name says. */
  readonly MajorVersion?: string;
  readonly PackageHash?: string;
  /** The package system. */
  readonly PackageProvider?: string;
  /** Name and version of the source package, as a console shows it. */
  readonly PackageSource?: string;
  /** The package's name. */
  readonly Product?: string;
  readonly SoftwareArchitecture?: string;
  readonly Status?: string;
  readonly Vendor?: string;
}

/** Checks a `models.PackageInfoType`. */
export const packageInfoSchema: z.ZodType<PackageInfo> = z.strictObject({
  InstallDate: optional(z.string()),
  LayerHash: optional(z.string()),
  LayerIndex: int32,
  MajorVersion: optional(z.string()),
  PackageHash: optional(z.string()),
  PackageProvider: optional(z.string()),
  PackageSource: optional(z.string()),
  Product: optional(z.string()),
  SoftwareArchitecture: optional(z.string()),
  Status: optional(z.string()),
  Vendor: optional(z.string()),
});
