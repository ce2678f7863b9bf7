import { z } from 'zod';
import { isDigest } from '../reference/digest.ts';
import { optional, type WirePlatform } from './descriptor.ts';
import { checkWireDocument, parseJson } from './wire-document.ts';

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

/** Image configuration (image-spec, config.md) as it is on the wire; nulls are absent. Fields not listed are kept. */
export interface ImageConfig extends WirePlatform {
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

const text: z.ZodType<string | undefined> = optional(z.string());
const texts: z.ZodType<readonly string[] | undefined> = optional(z.array(z.string()));
const set: z.ZodType<Readonly<Record<string, unknown>> | undefined> = optional(z.record(z.string(), z.unknown()));

const runConfigSchema: z.ZodType<RunConfig> = z.looseObject({
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

const historySchema: z.ZodType<HistoryEntry> = z.looseObject({
  created: text,
  created_by: text,
  author: text,
  comment: text,
  empty_layer: optional(z.boolean()),
});

const configSchema: z.ZodType<ImageConfig> = z.looseObject({
  architecture: text,
  os: text,
  variant: text,
  'os.version': text,
  'os.features': texts,
  created: text,
  author: text,
  config: optional(runConfigSchema),
  rootfs: z.looseObject({
    type: text,
    diff_ids: z
      .array(z.string().refine(isDigest, 'not a sha256 or sha512 digest'))
      .nullish()
      .transform((ids) => ids ?? []),
  }),
  history: optional(z.array(historySchema)),
});

/**
 * Parses the bytes of an image config.
 *
 * @param where what is parsed, for messages
 * @throws RegistryError `MANIFEST_INVALID` where they are not one
 */
export function parseConfig(bytes: Uint8Array, where: string): ImageConfig {
  return checkWireDocument(parseJson(bytes, 'MANIFEST_INVALID', where), configSchema, 'MANIFEST_INVALID', where);
}
