import { describe, expect, it } from 'vitest';
import { type ConfigFormat, showConfig } from './config-command.ts';
import { settingEntries, settingsTable } from './settings.ts';
import { SettingsError } from './settings-error.ts';

const env = {
  ...{ AGENT_RUNMODE: 'watcher', AGENT_CLIENT_ID: 'id', AGENT_CLIENT_SECRET: 'hunter2', IAR_CONFIG: 'c.yaml' },
  ...{ HTTP_PROXY: 'http://u:hunter2@proxy:1', AGENT_CLUSTER_NAME: 'red\u001b[31m', IAR_SNIK: 'x' },
};

function show(format: ConfigFormat, extra: Record<string, string> = {}) {
  const written = { stdout: '', stderr: '', error: undefined as unknown };
  const into = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  try {
    showConfig({
      ...{ format, flags: { sink: ['falcon', 'file:/x'] }, env: { ...env, ...extra }, readFile: () => 'region: eu-1' },
      ...{ stdout: into('stdout'), stderr: into('stderr') },
    });
  } catch (error) {
    written.error = error;
  }
  return written;
}

describe('iar config', () => {
  it('shows every setting with its value and its origin', () => {
    const { stdout, error } = show('table');
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows).toHaveLength(1 + settingEntries(settingsTable).length + 1);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['SETTING', 'VALUE', 'ORIGIN'],
        ['runmode', 'watcher', 'environment AGENT_RUNMODE'],
        ['sink', 'falcon,file:/x', 'flag --sink'],
        ['region', 'eu-1', 'file c.yaml'],
        ['memory-budget', '64Mi', 'default'],
        ['state-dir', '-', 'default'],
        ['client-secret', '***', 'environment AGENT_CLIENT_SECRET'],
        ['http-proxy', 'http://***@proxy:1', 'environment HTTP_PROXY'],
      ]),
    );
    expect(error).toBeUndefined();
  });

  it('writes JSON with values of their types', () => {
    const { settings, notices } = JSON.parse(show('json').stdout);
    expect(settings['http-port']).toEqual({ value: 8080, env: 'IAR_HTTP_PORT', origin: 'default' });
    expect(settings['client-secret'].value).toBe('***');
    expect(settings['state-dir'].value).toBeNull();
    expect(notices).toEqual(['IAR_SNIK is no setting and does nothing; did you mean IAR_SINK?']);
  });

  it('shows no secret in any form, and no control character', () => {
    const outputs = [show('table'), show('json'), show('table', { AGENT_REGION: 'x' })];
    const all = outputs.map(({ stdout, stderr, error }) => stdout + stderr + String(error)).join();
    expect(all).not.toContain('hunter2');
    expect(all).not.toContain('\u001b');
  });

  it('shows what is right, then fails as iar run would', () => {
    const { stdout, stderr, error } = show('table', { AGENT_REGION: 'mars-1' });
    expect(stdout).toMatch(/^region +\(not usable\) +environment AGENT_REGION$/m);
    expect(stdout).toMatch(/^runmode +watcher/m);
    expect(stderr).toBe('iar: IAR_SNIK is no setting and does nothing; did you mean IAR_SINK?\n');
    expect(error).toBeInstanceOf(SettingsError);
  });
});
