import { describe, expect, it } from 'vitest';
import { formatSetting, settingName } from './setting.ts';
import { settingEntries, settingGroups, settingsTable, unusedVariables } from './settings.ts';

const entries = settingEntries(settingsTable);

describe('the table of settings', () => {
  it('has every setting once, in one group and with names of its own', () => {
    const grouped = settingGroups.flatMap(({ rows }) => settingEntries(rows));
    expect(grouped.map(([key]) => key)).toEqual(entries.map(([key]) => key));
    const variables = [...entries.map(([, row]) => row), ...unusedVariables].map(({ env }) => env);
    const aliases = entries.flatMap(([, { aliases: more = [] }]) => more);
    expect(new Set([...variables, ...aliases]).size).toBe(variables.length + aliases.length);
    expect(new Set(entries.map(([, row]) => settingName(row))).size).toBe(entries.length);
  });

  it.each([
    ['IAR_HTTP_PORT', 'http-port'],
    ['AGENT_RUNMODE', 'runmode'],
    ['LOG_OUTPUT', 'log-output'],
    ['KUBECONFIG', 'kubeconfig'],
  ])('calls %s %s elsewhere', (env, name) => {
    expect(settingName({ env })).toBe(name);
  });

  it.each(entries)('%s: its default and its example are values it takes itself', (_, setting) => {
    if ('default' in setting && formatSetting(setting, setting.default) !== '') {
      expect(setting.schema.parse(formatSetting(setting, setting.default))).toEqual(setting.default);
    }
    if (setting.example !== undefined) setting.schema.parse(setting.example);
  });

  it('keeps what is secret off the command line', () => {
    const secret = entries.filter(([, row]) => row.secret);
    expect(secret.map(([key]) => key)).toEqual(['clientSecret', 'httpProxy', 'httpsProxy']);
    expect(secret.every(([, { closedTo }]) => closedTo?.includes('flag'))).toBe(true);
  });
});
