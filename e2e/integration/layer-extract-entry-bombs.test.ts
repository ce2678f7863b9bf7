import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ManyPaths } from '../../packages/layer-extract/src/corpus/index-many-paths.test-support.ts';
import type { HostileOutcome } from '../../packages/layer-extract/src/corpus/walk-hostile-layers.test-support.ts';

const corpus = join(import.meta.dirname, '../../packages/layer-extract/src/corpus');
const walkProgram = join(corpus, 'walk-hostile-layers.test-support.ts');
const maxRss = 180 * 2 ** 20;

/** Keeps the programs without their types: what takes those off would be another 20 MB in the process measured. */
let compileCache = '';

beforeAll(async () => {
  compileCache = await mkdtemp(join(tmpdir(), 'entry-bombs-'));
  await run(walkProgram, 'size-negative');
}, 60_000);

afterAll(async () => await rm(compileCache, { recursive: true }));

/** What a program prints, which had a process of its own. */
async function run(program: string, argument: string): Promise<unknown> {
  // As the agent runs: a small young generation and few malloc arenas keep garbage from piling up.
  const flags = ['--max-semi-space-size=4', '--expose-gc'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, argument], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: compileCache,
      MALLOC_ARENA_MAX: '2',
      MALLOC_TRIM_THRESHOLD_: '131072',
    },
    timeout: 300_000,
  });
  return JSON.parse(stdout);
}

it.each(['entries-5-million', 'entries-5-million-gzip'])(
  '%s is refused at its limit, within 180 MB while it is indexed',
  async (name) => {
    const outcome = (await run(walkProgram, name)) as HostileOutcome;
    expect(outcome.events).toEqual(['file × 5000000', 'error LIMIT_EXCEEDED']);
    expect(outcome.peakRss).toBeLessThan(maxRss);
  },
  310_000,
);

it('3 million paths stay below 60 MB, encoded and held, and take no second copy to be indexed', async () => {
  const index = (await run(join(corpus, 'index-many-paths.test-support.ts'), '3000000')) as ManyPaths;
  expect(index.encodedBytes).toBeLessThan(60e6);
  expect(index.heldBytes).toBeLessThan(60e6);
  expect(index.peakRss).toBeLessThan(maxRss);
}, 310_000);
