import { z } from 'zod';
import { int32, int64, optional } from './schema-parts.ts';

/**
 * One hashed file that is no ELF binary: `models.HashedFileInfoType`, in its form since 2026-07-21.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_hashed_file_info_type.go
 */
export interface HashedFileInfo {
  /** SHA-256, lower-case hexadecimal. */
  readonly Hash: string;
  readonly LayerHash?: string;
  /** 0 = lowest. */
  readonly LayerIndex?: number;
  readonly Path: string;
  /** Such as `-rwxr-xr-x`. */
  readonly Permissions: string;
  /** Bytes. */
  readonly Size: number;
}

/** Checks a `models.HashedFileInfoType`. */
export const hashedFileInfoSchema: z.ZodType<HashedFileInfo> = z.strictObject({
  Hash: z.string(),
  LayerHash: optional(z.string()),
  LayerIndex: optional(int32),
  Path: z.string(),
  Permissions: z.string(),
  Size: int64,
});
