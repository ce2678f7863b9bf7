import type { z } from 'zod';

/** One row of the table of settings: everything there is to know of a setting whose value is a `T`. */
export type Setting<T> = SettingRow<T> & SettingDefault<T>;

/** What every row has. */
export interface SettingRow<T> {
  /** Name in the environment. */
  readonly env: string;
  /** Further spellings in the environment, which count where `env` is not set. */
  readonly aliases?: readonly string[];
  /** Where it cannot be given. The environment is open to every setting. */
  readonly closedTo?: readonly ('flag' | 'file')[];
  /** What the value is called in help texts, such as `dir` or `watcher|socket`. */
  readonly argument: string;
  /**
   * Makes the value from its text, or from the texts of a list; neither is ever empty. A message is the predicate of a
   * sentence whose subject is the value: "is not a port".
   */
  readonly schema: z.ZodType<T>;
  /** Has several values: separated by commas, as a repeated flag, or as a list in the file. */
  readonly list?: true;
  /** What must not be shown; the value is then a Secret. */
  readonly secret?: true;
  /** In Markdown, for people who run the agent. */
  readonly description: string;
  readonly example?: string;
  /** The text that stands for a value; without it, the value as it is, lists with commas. */
  format?(value: NonNullable<T>): string;
}

/** What counts where nothing is given; `defaultText` says it where the value alone does not. */
export type SettingDefault<T> =
  | { readonly default: T; readonly defaultText?: string }
  /** What to set, where there is no default. */
  | { readonly required: string };

/** The rows of some settings. */
export type SettingRows<T> = { readonly [K in keyof T]-?: Setting<T[K]> };

/**
 * The name of a setting in the configuration file, and of its flag behind `--`: that of the environment without `AGENT_`
 * or `IAR_`, so that `IAR_HTTP_PORT` is `http-port`.
 */
export function settingName({ env }: { readonly env: string }): string {
  return env
    .replace(/^(?:AGENT|IAR)_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}

/** The flag of a setting, such as `--http-port`; `undefined` where it has none. */
export function settingFlag(setting: Pick<SettingRow<unknown>, 'env' | 'closedTo'>): string | undefined {
  return setting.closedTo?.includes('flag') ? undefined : `--${settingName(setting)}`;
}

/** A value as text: as it would be written in the environment. Not for secrets, which show themselves masked. */
export function formatSetting<T>(setting: SettingRow<T>, value: T): string {
  if (value === undefined || value === null) return '';
  return setting.format?.(value) ?? (Array.isArray(value) ? value.join(',') : String(value));
}
