import { z } from 'zod';
import { anyMap, arrayOf, stringMap } from './schema-parts.ts';

/**
 * The runtime config once more, flat and with every member present: `models.ConfigInfoType`. What the image leaves out
 * is an empty value, not a missing key.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_config_info_type.go
 */
export interface ConfigInfo {
  readonly Cmd: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Env: readonly string[];
  /** Docker's form, such as `{ '80/tcp': {} }`. */
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  readonly Labels: Readonly<Record<string, string>>;
  readonly StopSignal: string;
  readonly User: string;
  /** Docker's form, such as `{ '/data': {} }`. */
  readonly Volumes: Readonly<Record<string, unknown>>;
  readonly WorkingDir: string;
}

/** Checks a `models.ConfigInfoType`. */
export const configInfoSchema: z.ZodType<ConfigInfo> = z.strictObject({
  Cmd: arrayOf(z.string()),
  Entrypoint: arrayOf(z.string()),
  Env: arrayOf(z.string()),
  ExposedPorts: anyMap,
  Labels: stringMap,
  StopSignal: z.string(),
  User: z.string(),
  Volumes: anyMap,
  WorkingDir: z.string(),
});
