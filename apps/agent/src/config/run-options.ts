import { type Command, Option } from 'commander';
import { defaultInWords } from './describe-setting.ts';
import { type Setting, settingFlag } from './setting.ts';
import { type SettingGroup, settingEntries, settingGroups, settingsTable } from './settings.ts';

const booleanArgument = 'true|false';

/** Gives a command a flag for every setting that has one, under the headings of the table. */
export function addSettingOptions(command: Command): void {
  for (const { title, rows } of settingGroups) {
    for (const option of optionsOf(rows)) command.addOption(option.helpGroup(`${title}:`));
  }
}

function optionsOf(rows: SettingGroup['rows']): Option[] {
  return settingEntries(rows).flatMap(([, setting]) => {
    const flag = settingFlag(setting);
    if (flag === undefined) return [];
    const argument = isBoolean(setting) ? `[${setting.argument}]` : `<${setting.argument}>`;
    const option = new Option(`${flag} ${argument}`, helpText(setting));
    return setting.list ? option.argParser(collect) : option;
  });
}

function helpText(setting: Setting<unknown>): string {
  const standard = defaultInWords(setting);
  const note = standard === undefined ? setting.env : `${setting.env}, default: ${standard.text}`;
  return `${setting.description} [${note}]`.replaceAll('`', '');
}

/**
 * Lets the flags of settings begin with one dash, as the public chart writes them: `-runmode watcher` and
 * `-runmode=watcher` become `--runmode …`. Only for `run`; all other arguments stay as they are.
 *
 * @param args - The command line without the program's name.
 */
export function normalizeRunArguments(args: readonly string[]): string[] {
  if (args[0] !== 'run') return [...args];
  const flags = new Map(
    settingEntries(settingsTable).flatMap(([, setting]) => {
      const flag = settingFlag(setting);
      return flag === undefined ? [] : [[flag, setting] as const];
    }),
  );
  const normalized: string[] = [];
  let isValue = false;
  for (const arg of args) {
    const double = /^-[a-z]/.test(arg) ? `-${arg}` : arg;
    const [flag = '', value] = double.split('=', 2);
    const setting = flags.get(flag);
    normalized.push(isValue || setting === undefined ? arg : double);
    // What follows a flag is its value, even where it looks like one.
    isValue = !isValue && setting !== undefined && value === undefined && !isBoolean(setting);
    if (arg === '--') return [...normalized, ...args.slice(normalized.length)];
  }
  return normalized;
}

function isBoolean({ argument }: Setting<unknown>): boolean {
  return argument === booleanArgument;
}

function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
