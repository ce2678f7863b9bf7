import { z } from 'zod';
import { int64, optional } from './schema-parts.ts';

/**
 * Which image this is: `models.ImageInfoType`. The `…_s3_key` members are the cloud's own bookkeeping; a client leaves
 * them out.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_image_info_type.go
 */
export interface ImageInfo {
  /** `amd64`, `arm64`, … */
  readonly Architecture: string;
  /** RFC 3339. */
  readonly CreatedAt?: string;
  /** `algorithm:hex` of the platform's manifest. */
  readonly Digest: string;
  /** The image id: `algorithm:hex` of the config. */
  readonly ID: string;
  /**
   * `algorithm:hex` of the index the manifest was chosen from; empty for an image of one platform. Bodies from before
   * 2026-03-20 lack it: read as empty.
   */
  readonly IndexDigest: string;
  readonly Registry?: string;
  readonly Repository?: string;
  /** Bytes. */
  readonly Size: number;
  readonly Tag?: string;
  readonly config_s3_key?: string;
  readonly manifest_s3_key?: string;
  readonly scan_request_s3_key?: string;
  /** Who made the inventory. */
  readonly source?: string;
}

/** Checks a `models.ImageInfoType`. */
export const imageInfoSchema: z.ZodType<ImageInfo> = z.strictObject({
  Architecture: z.string(),
  CreatedAt: optional(z.string()),
  Digest: z.string(),
  ID: z.string(),
  IndexDigest: z.string().default(''),
  Registry: optional(z.string()),
  Repository: optional(z.string()),
  Size: int64,
  Tag: optional(z.string()),
  config_s3_key: optional(z.string()),
  manifest_s3_key: optional(z.string()),
  scan_request_s3_key: optional(z.string()),
  source: optional(z.string()),
});
