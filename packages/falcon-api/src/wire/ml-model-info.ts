import { z } from 'zod';
import { anyValue, int32, int64, optional } from './schema-parts.ts';

/**
 * One machine-learning model file: `models.MLModelType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_m_l_model_type.go
 */
export interface MlModelInfo {
  /** Anything but null; `{}` where there is nothing to say. */
  readonly Details: unknown;
  readonly DetectionName?: string;
  /** SHA-256, lower-case hexadecimal. */
  readonly Hash: string;
  readonly LayerHash: string;
  /** 0 = lowest. */
  readonly LayerIndex: number;
  readonly Malicious: boolean;
  readonly Path: string;
  /** Bytes. */
  readonly Size: number;
}

/** Checks a `models.MLModelType`. */
export const mlModelInfoSchema: z.ZodType<MlModelInfo> = z.strictObject({
  Details: anyValue,
  DetectionName: optional(z.string()),
  Hash: z.string(),
  LayerHash: z.string(),
  LayerIndex: int32,
  Malicious: z.boolean(),
  Path: z.string(),
  Size: int64,
});
