import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { splitPathTarget } from './path-target.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'iar-target-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('splitPathTarget', () => {
  it('takes an existing path whole, colons and all', async () => {
    const path = join(directory, 'a:b');
    await writeFile(path, '');
    expect(await splitPathTarget(path)).toEqual({ path, name: undefined });
    expect(await splitPathTarget(`${path}:v1`)).toEqual({ path, name: 'v1' });
  });

  it('takes everything behind the path as the name', async () => {
    expect(await splitPathTarget(`${directory}:localhost:5000/app:1`)).toEqual({
      ...{ path: directory, name: 'localhost:5000/app:1' },
    });
    expect(await splitPathTarget(`${directory}@sha256:ab`)).toEqual({ path: directory, name: 'sha256:ab' });
    expect(await splitPathTarget(`${directory}:`)).toEqual({ path: directory, name: undefined });
  });

  it('leaves a text whole where nothing exists', async () => {
    const path = join(directory, 'missing:tag');
    expect(await splitPathTarget(path)).toEqual({ path, name: undefined });
  });
});
