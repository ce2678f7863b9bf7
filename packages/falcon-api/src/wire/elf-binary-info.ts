import { z } from 'zod';
import { anyValue, int32, int64, optional } from './schema-parts.ts';

/**
 * One ELF binary: `models.ELFBinaryInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_e_l_f_binary_info_type.go
 */
export interface ElfBinaryInfo {
  /** Anything but null; `{}` where there is nothing to say. */
  readonly Details: unknown;
  /** SHA-256, lower-case hexadecimal. */
  readonly Hash: string;
  readonly LayerHash?: string;
  /** 0 = lowest. */
  readonly LayerIndex?: number;
  readonly Malicious: boolean;
  readonly Path: string;
  /** Such as `-rwxr-xr-x`. */
  readonly Permissions: string;
  /** Bytes. */
  readonly Size: number;
}

/** Checks a `models.ELFBinaryInfoType`. */
export const elfBinaryInfoSchema: z.ZodType<ElfBinaryInfo> = z.strictObject({
  Details: anyValue,
  Hash: z.string(),
  LayerHash: optional(z.string()),
  LayerIndex: optional(int32),
  Malicious: z.boolean(),
  Path: z.string(),
  Permissions: z.string(),
  Size: int64,
});
