import { checkSettings } from './check-settings.ts';
import { settingLabel, whatToSet } from './describe-setting.ts';
import { quoteValue } from './quote-value.ts';
import { type ConfigFile, readConfigFile } from './read-config-file.ts';
import { type Setting, settingFlag, settingName } from './setting.ts';
import type { SettingOrigin, SettingSources } from './setting-sources.ts';
import { type SettingKey, type Settings, settingEntries, settingsTable } from './settings.ts';
import type { SettingProblem } from './settings-error.ts';
import { unknownVariables } from './unknown-variables.ts';

/** What became of the settings; whole only where there are no problems. */
export interface ResolvedSettings {
  /** Without those that have a problem. */
  readonly settings: Partial<Settings>;
  readonly origins: Readonly<Record<SettingKey, SettingOrigin>>;
  readonly problems: readonly SettingProblem[];
  /** What somebody should know who expects otherwise, one sentence each. */
  readonly notices: readonly string[];
}

interface Given {
  readonly raw: string | readonly string[];
  readonly origin: Exclude<SettingOrigin, { from: 'default' }>;
}

/** Resolves every setting: a flag counts before the environment, that before the configuration file, then the default. */
export function resolveSettings(sources: SettingSources): ResolvedSettings {
  const problems: SettingProblem[] = [];
  const settings: Record<string, unknown> = {};
  const origins: Record<string, SettingOrigin> = {};
  const path = findGiven(settingsTable.config, sources, undefined)?.raw;
  const file = typeof path === 'string' ? readConfigFile(path, sources.readFile) : undefined;
  problems.push(...(file?.problems ?? []));
  for (const [key, setting] of settingEntries(settingsTable)) {
    const given = findGiven(setting, sources, file);
    origins[key] = given?.origin ?? { from: 'default' };
    if (given === undefined) settings[key] = 'default' in setting ? setting.default : undefined;
    else {
      const { success, data, error } = setting.schema.safeParse(given.raw);
      if (success) settings[key] = data;
      else for (const { message } of error.issues) problems.push(valueProblem(setting, given, message));
    }
  }
  const checked = checkSettings(settings, origins as Record<SettingKey, SettingOrigin>, sources.readFile);
  return {
    settings: { ...settings, ...checked.settings },
    origins: origins as Record<SettingKey, SettingOrigin>,
    problems: [...problems, ...checked.problems],
    notices: [...unknownVariables(sources.env), ...checked.notices],
  };
}

/** What the first source says that says anything; blanks around it, such as the line break of a Secret, do not count. */
function findGiven(
  setting: Setting<unknown>,
  { flags, env }: SettingSources,
  file: ConfigFile | undefined,
): Given | undefined {
  const name = settingName(setting);
  const flag = nonEmpty(flagText(flags[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())]));
  if (flag !== undefined && settingFlag(setting) !== undefined) {
    return { raw: flag, origin: { from: 'flag', name: `--${name}` } };
  }
  for (const variable of [setting.env, ...(setting.aliases ?? [])]) {
    const raw = nonEmpty(env[variable]);
    if (raw !== undefined) return { raw, origin: { from: 'environment', name: variable } };
  }
  const raw = file && nonEmpty(file.values.get(name));
  return raw === undefined || file === undefined ? undefined : { raw, origin: { from: 'file', name, path: file.path } };
}

function flagText(value: unknown): string | undefined {
  return value === undefined ? undefined : Array.isArray(value) ? value.join(',') : String(value);
}

function nonEmpty<T extends string | readonly string[]>(raw: T | undefined): string | readonly string[] | undefined {
  const text = typeof raw === 'string' ? raw.trim() : raw;
  return text === undefined || text.length === 0 ? undefined : text;
}

function valueProblem(setting: Setting<unknown>, { raw, origin }: Given, predicate: string): SettingProblem {
  const subject = setting.secret
    ? 'the value'
    : typeof raw === 'string' && !setting.list
      ? quoteValue(raw)
      : 'the list';
  const place = { flag: 'on the command line', environment: 'in the environment', file: 'in the configuration file' };
  return {
    message: `${settingLabel(setting)}: ${subject} ${place[origin.from]} ${predicate}`,
    hint: whatToSet(setting),
  };
}
