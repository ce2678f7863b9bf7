import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addSettingOptions, normalizeRunArguments } from './run-options.ts';
import { settingFlag } from './setting.ts';
import { settingEntries, settingsTable } from './settings.ts';

/** A program that only knows its settings once a verb needs them. */
function parse(args: string[]): { options: Record<string, unknown>; help: string } {
  let options = {};
  let help = '';
  const program = new Command('iar').exitOverride().configureOutput({
    writeOut: (text) => {
      help += text;
    },
    writeErr: () => undefined,
  });
  program.hook('preSubcommand', (_, verb) => addSettingOptions(verb));
  program.command('run').action((given) => {
    options = given;
  });
  try {
    program.parse(normalizeRunArguments(args), { from: 'user' });
  } catch (error) {
    if (help === '') throw error;
  }
  return { options, help };
}

describe('addSettingOptions', () => {
  it('gives every setting that has a flag one, with its variable and default in the help', () => {
    const { help } = parse(['run', '--help']);
    const flags = settingEntries(settingsTable).flatMap(([, setting]) => settingFlag(setting) ?? []);
    for (const flag of flags) expect(help).toContain(`  ${flag} `);
    expect(help).toMatch(/^Delivery:$/m);
    expect(help.replaceAll(/\s+/g, ' ')).toContain('[WATCHER_LIST_PAGESIZE, default: 500]');
    expect(help).not.toMatch(/client-secret|`/);
  });

  it('collects what can be repeated, and takes yes or no with or without value', () => {
    expect(parse(['run', '--sink', 'falcon', '--sink=file:/x', '--debug', '--is-kubernetes=false']).options).toEqual({
      ...{ sink: ['falcon', 'file:/x'], debug: true, isKubernetes: 'false' },
    });
  });
});

describe('normalizeRunArguments', () => {
  it.each([
    [
      ['run', '-runmode', 'watcher'],
      ['run', '--runmode', 'watcher'],
    ],
    [
      ['run', '-runmode=socket', '-debug', '-http-port', '0'],
      ['run', '--runmode=socket', '--debug', '--http-port', '0'],
    ],
    [
      ['run', '--runmode', 'watcher'],
      ['run', '--runmode', 'watcher'],
    ],
    [
      ['run', '-v', '-vv', '-h', '-runmodes', 'x'],
      ['run', '-v', '-vv', '-h', '-runmodes', 'x'],
    ],
    [
      ['run', '-cluster-name', '-debug'],
      ['run', '--cluster-name', '-debug'],
    ],
    [
      ['run', '-debug', '-sink', 'falcon'],
      ['run', '--debug', '--sink', 'falcon'],
    ],
    [
      ['run', '--', '-runmode'],
      ['run', '--', '-runmode'],
    ],
    [
      ['scan', '-runmode'],
      ['scan', '-runmode'],
    ],
    [[], []],
  ])('makes %j of %j', (given, expected) => {
    expect(normalizeRunArguments(given)).toEqual(expected);
  });

  it('lets the agent start as the public chart starts it', () => {
    expect(parse(['run', '-runmode', 'watcher']).options).toEqual({ runmode: 'watcher' });
  });
});
