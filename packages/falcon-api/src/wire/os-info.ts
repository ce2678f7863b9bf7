import { z } from 'zod';
import { int32, optional } from './schema-parts.ts';

/**
 * The operating system of the image: `models.OSInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_o_s_info_type.go
 */
export interface OsInfo {
  /** Windows only. */
  readonly DisplayVersion?: string;
  /** Windows only. */
  readonly EditionID?: string;
  /** Windows only. */
  readonly InstallType?: string;
  /** Digest of the layer that holds the release file. */
  readonly LayerHash?: string;
  /** 0 = lowest. */
  readonly LayerIndex?: number;
  /** `Debian`, `Alpine`, …; empty where the image has no distribution. */
  readonly Name: string;
  readonly Version: string;
}

/** Checks a `models.OSInfoType`. */
export const osInfoSchema: z.ZodType<OsInfo> = z.strictObject({
  DisplayVersion: optional(z.string()),
  EditionID: optional(z.string()),
  InstallType: optional(z.string()),
  LayerHash: optional(z.string()),
  LayerIndex: optional(int32),
  Name: z.string(),
  Version: z.string(),
});
