import { printable } from '../cli/printable.ts';
import { type ResolvedSettings, resolveSettings } from './resolve-settings.ts';
import { formatSetting, settingName } from './setting.ts';
import { describeOrigin, type SettingSources } from './setting-sources.ts';
import { settingEntries, settingsTable } from './settings.ts';
import { SettingsError } from './settings-error.ts';

/** Forms of `iar config -o`. */
export const configFormats = ['table', 'json'] as const;
export type ConfigFormat = (typeof configFormats)[number];

/** What `iar config` reads and where it writes. */
export interface ConfigCommandOptions extends SettingSources {
  readonly format: ConfigFormat;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * `iar config`: writes every setting with its value and where that comes from, secrets masked; notices go to standard
 * error. What is right is also shown where something is wrong.
 *
 * @throws SettingsError after that, where `iar run` would refuse the configuration
 */
export function showConfig({ format, stdout, stderr, ...sources }: ConfigCommandOptions): void {
  const resolved = resolveSettings(sources);
  stdout.write(format === 'json' ? asJson(resolved) : asTable(resolved));
  for (const notice of resolved.notices) stderr.write(`iar: ${printable(notice)}\n`);
  if (resolved.problems.length > 0) throw new SettingsError(resolved.problems);
}

interface ShownSetting {
  readonly name: string;
  readonly env: string;
  /** `null` where it is not set or not right. */
  readonly value: unknown;
  readonly text: string;
  readonly origin: string;
}

function shown({ settings, origins }: ResolvedSettings): ShownSetting[] {
  return settingEntries(settingsTable).map(([key, setting]) => {
    const value: unknown = settings[key];
    const isWrong = value === undefined && origins[key].from !== 'default';
    return {
      ...{ name: settingName(setting), env: setting.env, value: value ?? null },
      text: isWrong ? '(not usable)' : formatSetting(setting, value),
      origin: describeOrigin(origins[key]),
    };
  });
}

function asJson(resolved: ResolvedSettings): string {
  const settings = shown(resolved).map(({ name, env, value, origin }) => [name, { value, env, origin }]);
  return `${JSON.stringify({ settings: Object.fromEntries(settings), notices: resolved.notices }, null, 2)}\n`;
}

function asTable(resolved: ResolvedSettings): string {
  const rows = shown(resolved).map(({ name, text, origin }) => [name, printable(text) || '-', printable(origin)]);
  const table = [['SETTING', 'VALUE', 'ORIGIN'], ...rows];
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const [first, second] = [width(0), Math.min(width(1), 60)];
  return table.map(([name, value, origin]) => `${name?.padEnd(first)}  ${value?.padEnd(second)}  ${origin}\n`).join('');
}
