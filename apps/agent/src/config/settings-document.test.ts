import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingEntries, settingsTable, unusedVariables } from './settings.ts';
import { settingsDocument } from './settings-document.ts';

describe('docs/configuration.md', () => {
  it('is current; otherwise run: node --conditions=@falcon-iar/source scripts/generate-docs.mjs', () => {
    const file = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');
    expect(file).toBe(settingsDocument());
  });

  it('has a row of as many cells as its table for every variable', () => {
    const lines = settingsDocument().split('\n');
    const cells = (line: string) => line.split(/(?<!\\)\|/).length;
    const rowOf = (env: string) => lines.filter((line) => line.startsWith(`| \`${env}\``));
    for (const [, { env }] of settingEntries(settingsTable)) expect(rowOf(env).map(cells)).toEqual([6]);
    for (const { env } of unusedVariables) expect(rowOf(env).map(cells)).toEqual([4]);
  });
});
