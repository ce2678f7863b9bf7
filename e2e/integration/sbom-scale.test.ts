import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { LargeLayer } from '../support/analyze-large-layer.ts';

const program = join(import.meta.dirname, '../support/analyze-large-layer.ts');
const files = 3_000_000;
/** Every thousandth file of the layer is a package manifest. */
const selected = files / 1_000;

it.each([
  ['by the names of files', []],
  ['by their first bytes too', ['heads']],
])(
  'a layer of 3 million files is read by 60 catalogers, %s, in less than 250 MB',
  async (_, args) => {
    // As the agent runs: a small young generation and few malloc arenas keep garbage from piling up.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--max-semi-space-size=4', program, String(files), ...args],
      { env: { ...process.env, MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' }, timeout: 600_000 },
    );
    const layer = JSON.parse(stdout) as LargeLayer;
    expect(layer).toMatchObject({ selected, problems: 0 });
    expect(layer.peakRss).toBeLessThan(250e6);
  },
  610_000,
);
