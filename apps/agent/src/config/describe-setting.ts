import { formatSetting, type Setting, settingFlag } from './setting.ts';

/** A setting by the names people give it, such as `AGENT_RUNMODE (--runmode)`. */
export function settingLabel(setting: Setting<unknown>): string {
  const flag = settingFlag(setting);
  return flag === undefined ? setting.env : `${setting.env} (${flag})`;
}

/** What to set a setting to, in one phrase: `set IAR_HTTP_PORT or --http-port to <port|off>`. */
export function whatToSet(setting: Setting<unknown>): string {
  const flag = settingFlag(setting);
  const value = 'required' in setting ? setting.required : `<${setting.argument}>`;
  const example = setting.example === undefined ? '' : `, such as ${setting.example}`;
  return `set ${setting.env}${flag === undefined ? '' : ` or ${flag}`} to ${value}${example}`;
}

/** The default as people write it, in Markdown where it is prose; `undefined` where there is none. */
export function defaultInWords(setting: Setting<unknown>): { text: string; isValue: boolean } | undefined {
  if ('required' in setting) return undefined;
  if (setting.defaultText !== undefined) return { text: setting.defaultText, isValue: false };
  const text = formatSetting(setting, setting.default);
  return text === '' ? undefined : { text, isValue: true };
}
