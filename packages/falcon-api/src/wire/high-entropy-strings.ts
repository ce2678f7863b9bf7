import { z } from 'zod';
import { arrayOf, int32, optional } from './schema-parts.ts';

/**
 * The secret candidates of one file: `models.HEStringFileInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_h_e_string_file_info_type.go
 */
export interface HighEntropyFile {
  readonly LayerHash?: string;
  /** 0 = lowest. */
  readonly LayerIndex?: number;
  readonly Path: string;
  readonly Strings: readonly HighEntropyString[];
}

/**
 * One secret candidate: `models.HEStringInfoType`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_h_e_string_info_type.go
 */
export interface HighEntropyString {
  /** A hash of the string, so that its clear text can stay where it is. */
  readonly Hash?: string;
  /** 1 = first. */
  readonly Line: number;
  readonly Name?: string;
  /** The rule that matched. */
  readonly RegexName: string;
  /** The text, masked. */
  readonly String?: string;
}

const stringSchema: z.ZodType<HighEntropyString> = z.strictObject({
  Hash: optional(z.string()),
  Line: int32,
  Name: optional(z.string()),
  RegexName: z.string(),
  String: optional(z.string()),
});

/** Checks a `models.HEStringFileInfoType`. */
export const highEntropyFileSchema: z.ZodType<HighEntropyFile> = z.strictObject({
  LayerHash: optional(z.string()),
  LayerIndex: optional(int32),
  Path: z.string(),
  Strings: arrayOf(stringSchema),
});
