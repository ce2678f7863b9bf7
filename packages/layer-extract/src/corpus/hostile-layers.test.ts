import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from 'vitest';
import { hostileEntries } from './hostile-entries.test-support.ts';
import type { HostileLayer } from './hostile-layer.test-support.ts';
import { hostileLayers, hostileThemes } from './hostile-layers.test-support.ts';
import type { HostileOutcome } from './walk-hostile-layers.test-support.ts';

const program = join(import.meta.dirname, 'walk-hostile-layers.test-support.ts');
/** CPU time of one archive. Not the time on the wall, which other processes lengthen. */
const maxCpuMs = 2000;
const maxRss = 180 * 2 ** 20;
/** Wall time without a result after which the process counts as hanging. */
const maxSilenceMs = 60_000;

/** Walks archives in a process of their own, so that its peak of memory is theirs and a hang can be ended. */
async function walkInChild(layers: readonly HostileLayer[]): Promise<Map<string, HostileOutcome>> {
  const names = layers.map(({ name }) => name);
  // As the agent runs: a small young generation and few malloc arenas keep garbage from piling up.
  const child = spawn(process.execPath, ['--max-semi-space-size=4', program, ...names], {
    env: { ...process.env, MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const outcomes = new Map<string, HostileOutcome>();
  const silence = setTimeout(() => child.kill('SIGKILL'), maxSilenceMs);
  try {
    for await (const line of createInterface(child.stdout)) {
      const outcome = JSON.parse(line) as HostileOutcome;
      outcomes.set(outcome.name, outcome);
      silence.refresh();
    }
  } finally {
    clearTimeout(silence);
    child.kill();
  }
  return outcomes;
}

describe.each(Object.entries(hostileThemes))('hostile layers: %s', (_, layers) => {
  let outcomes = new Map<string, HostileOutcome>();

  beforeAll(async () => {
    outcomes = await walkInChild(layers);
  }, 300_000);

  it.each(layers.map((layer) => [layer.name, layer] as const))('%s', (name, { expected }) => {
    const outcome = outcomes.get(name);
    expect(outcome, 'it, or one before it, hangs or ends the process').toBeDefined();
    expect(outcome!.events).toEqual(expected);
    expect(outcome!.cpuMs).toBeLessThan(maxCpuMs);
    expect(outcome!.peakRss).toBeLessThan(maxRss);
  });
});

describe('the corpus', () => {
  it('is listed in its README, each archive with what it tests', () => {
    const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
    const sections = Object.entries({ ...hostileThemes, 'Entry bombs': hostileEntries }).map(([theme, layers]) =>
      [`## ${theme}`, '', ...layers.map(({ name, tests }) => `- \`${name}\`: ${tests}`)].join('\n'),
    );
    for (const section of sections) expect(readme).toContain(section);
    expect(readme.match(/^- `/gm)).toHaveLength(hostileLayers.length);
  });

  it('has at least 60 archives, each with a name of its own', () => {
    expect(new Set(hostileLayers.map(({ name }) => name)).size).toBe(hostileLayers.length);
    expect(hostileLayers.length).toBeGreaterThanOrEqual(60);
  });
});
