import { z } from 'zod';
import { digestSchema, optional, texts } from '../wire/fields.ts';
import type { Platform } from './platform.ts';

/** How a container of the image is started (image-spec, config.md "config"). Fields not listed are kept. */
export interface RunConfig {
  readonly User?: string | undefined;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | undefined;
  readonly Env?: readonly string[] | undefined;
  readonly Entrypoint?: readonly string[] | undefined;
  readonly Cmd?: readonly string[] | undefined;
  readonly Volumes?: Readonly<Record<string, unknown>> | undefined;
  readonly WorkingDir?: string | undefined;
  readonly Labels?: Readonly<Record<string, string>> | undefined;
  readonly StopSignal?: string | undefined;
}

/** One step of how the image was made (image-spec, config.md "history"). */
export interface HistoryEntry {
  /** RFC 3339. */
  readonly created?: string | undefined;
  readonly created_by?: string | undefined;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  /** Whether the step made no layer. */
  readonly empty_layer?: boolean | undefined;
}

/** Image configuration (image-spec, config.md); nulls are absent. Fields not listed are kept. */
export interface ImageConfig {
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  readonly variant?: string | undefined;
  readonly 'os.version'?: string | undefined;
  readonly 'os.features'?: readonly string[] | undefined;
  /** RFC 3339. */
  readonly created?: string | undefined;
  readonly author?: string | undefined;
  readonly config?: RunConfig | undefined;
  readonly rootfs: {
    readonly type?: string | undefined;
    /** Digests of the uncompressed layers, base layer first. */
    readonly diff_ids: readonly string[];
  };
  readonly history?: readonly HistoryEntry[] | undefined;
}

const text = optional(z.string());
const set = optional(z.record(z.string(), z.unknown()));

/** Checks a {@link RunConfig}; Docker's `Config` of an inspected image has the same fields and more. */
export const runConfigSchema: z.ZodType<RunConfig> = z.looseObject({
  User: text,
  ExposedPorts: set,
  Env: texts,
  Entrypoint: texts,
  Cmd: texts,
  Volumes: set,
  WorkingDir: text,
  Labels: optional(z.record(z.string(), z.string())),
  StopSignal: text,
});

/** Checks a {@link HistoryEntry}. */
export const historySchema: z.ZodType<HistoryEntry> = z.looseObject({
  created: text,
  created_by: text,
  author: text,
  comment: text,
  empty_layer: optional(z.boolean()),
});

/** Checks an {@link ImageConfig}. */
export const imageConfigSchema: z.ZodType<ImageConfig> = z.looseObject({
  architecture: text,
  os: text,
  variant: text,
  'os.version': text,
  'os.features': texts,
  created: text,
  author: text,
  config: optional(runConfigSchema),
  rootfs: z.looseObject({ type: text, diff_ids: z.array(digestSchema) }),
  history: optional(z.array(historySchema)),
});

/** The platform that a config tells; `unknown` where it does not. */
export function platformOf(config: ImageConfig): Platform {
  return {
    os: config.os || 'unknown',
    architecture: config.architecture || 'unknown',
    ...(config.variant && { variant: config.variant }),
    ...(config['os.version'] && { osVersion: config['os.version'] }),
  };
}
