import { z } from 'zod';
import { anyMap, arrayOf, dateTime, optional, stringMap } from './schema-parts.ts';

/**
 * The image config document as the cloud types it: `v1.Image`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/v1_image.go
 */
export interface ImageDocument {
  readonly architecture: string;
  readonly author?: string;
  readonly config?: ImageRuntimeConfig;
  /** RFC 3339. */
  readonly created?: string;
  readonly history?: readonly HistoryEntry[];
  readonly os: string;
  readonly 'os.features'?: readonly string[];
  readonly 'os.version'?: string;
  readonly rootfs: RootFs;
  readonly variant?: string;
}

/**
 * What a container of the image runs by default: `v1.ImageConfig`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/v1_image_config.go
 */
export interface ImageRuntimeConfig {
  readonly ArgsEscaped?: boolean;
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Env?: readonly string[];
  /** Docker's form, such as `{ '80/tcp': {} }`. */
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly User?: string;
  /** Docker's form, such as `{ '/data': {} }`. */
  readonly Volumes?: Readonly<Record<string, unknown>>;
  readonly WorkingDir?: string;
}

/**
 * One build step: `v1.History`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/v1_history.go
 */
export interface HistoryEntry {
  readonly author?: string;
  readonly comment?: string;
  /** RFC 3339. */
  readonly created?: string;
  readonly created_by?: string;
  readonly empty_layer?: boolean;
}

/**
 * The layers by the digests of their uncompressed content: `v1.RootFS`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/v1_root_f_s.go
 */
export interface RootFs {
  /** `algorithm:hex`, lowest layer first. */
  readonly diff_ids: readonly string[];
  /** `layers`. */
  readonly type: string;
}

const runtimeConfigSchema: z.ZodType<ImageRuntimeConfig> = z.strictObject({
  ArgsEscaped: optional(z.boolean()),
  Cmd: optional(arrayOf(z.string())),
  Entrypoint: optional(arrayOf(z.string())),
  Env: optional(arrayOf(z.string())),
  ExposedPorts: optional(anyMap),
  Labels: optional(stringMap),
  StopSignal: optional(z.string()),
  User: optional(z.string()),
  Volumes: optional(anyMap),
  WorkingDir: optional(z.string()),
});

const historyEntrySchema: z.ZodType<HistoryEntry> = z.strictObject({
  author: optional(z.string()),
  comment: optional(z.string()),
  created: optional(dateTime),
  created_by: optional(z.string()),
  empty_layer: optional(z.boolean()),
});

const rootFsSchema: z.ZodType<RootFs> = z.strictObject({ diff_ids: arrayOf(z.string()), type: z.string() });

/** Checks a `v1.Image`. */
export const imageDocumentSchema: z.ZodType<ImageDocument> = z.strictObject({
  architecture: z.string(),
  author: optional(z.string()),
  config: optional(runtimeConfigSchema),
  created: optional(dateTime),
  history: optional(arrayOf(historyEntrySchema)),
  os: z.string(),
  'os.features': optional(arrayOf(z.string())),
  'os.version': optional(z.string()),
  rootfs: rootFsSchema,
  variant: optional(z.string()),
});
