import { z } from 'zod';
import { int64, optional } from './schema-parts.ts';

/**
 * One layer: `models.LayerInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_layer_info_type.go
 */
export interface LayerInfo {
  /** RFC 3339; empty where the history does not say. */
  readonly CreatedAt: string;
  /** The build step; empty where the history does not say. */
  readonly CreatedBy: string;
  /** `algorithm:hex` of the blob; what `LayerHash` elsewhere refers to. */
  readonly Digest: string;
  /** Bytes of the blob. */
  readonly Size: number;
  readonly layer_inventory_s3_key?: string;
  readonly layer_reference_key?: string;
  readonly layer_reference_type?: number;
  /** The values are not public; 0 is the safe one. */
  readonly type: number;
}

/** Checks a `models.LayerInfoType`. */
export const layerInfoSchema: z.ZodType<LayerInfo> = z.strictObject({
  CreatedAt: z.string(),
  CreatedBy: z.string(),
  Digest: z.string(),
  Size: int64,
  layer_inventory_s3_key: optional(z.string()),
  layer_reference_key: optional(z.string()),
  layer_reference_type: optional(int64),
  type: int64,
});
