import { closeSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenDirectory } from './open-directory.ts';
import { Turns } from './turns.ts';

const procfs = vi.hoisted(() => ({ mounted: true }));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const statSync = (...args: Parameters<typeof real.statSync>): unknown => {
    if (!procfs.mounted) throw new Error('no procfs');
    return real.statSync(...args);
  };
  return { ...real, statSync };
});

let scratch: string;

beforeEach(async () => {
  procfs.mounted = true;
  scratch = await mkdtemp(join(tmpdir(), 'open-directory-'));
  await mkdir(join(scratch, 'root/a'), { recursive: true });
  await writeFile(join(scratch, 'root/a/file'), 'body');
  await symlink('a', join(scratch, 'root/link'));
  await symlink('file', join(scratch, 'root/a/link'));
});

afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe.each([true, false])('OpenDirectory, procfs mounted: %s', (mounted) => {
  beforeEach(() => {
    procfs.mounted = mounted;
  });

  it('opens what lies in it and follows no link', async () => {
    const root = OpenDirectory.root(join(scratch, 'root'));
    const inner = root.directory('a');
    expect(await inner.names(1000, new Turns())).toMatchObject({ names: ['file', 'link'] });
    const file = inner.file('file');
    expect(readFileSync(file, 'utf8')).toBe('body');
    closeSync(file);
    expect(() => inner.file('link')).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(() => root.directory('link')).toThrow(/ELOOP|ENOTDIR/);
    inner.close();
    root.close();
  });

  it('lists no more names than it may hold', async () => {
    const root = OpenDirectory.root(join(scratch, 'root'));
    expect(await root.names(10, new Turns())).toBeUndefined();
    root.close();
  });
});

it.runIf(process.platform === 'linux')('stays with the directory when its path leads elsewhere', async () => {
  const root = OpenDirectory.root(join(scratch, 'root'));
  const inner = root.directory('a');
  await rename(join(scratch, 'root/a'), join(scratch, 'moved'));
  await mkdir(join(scratch, 'root/a'));
  await writeFile(join(scratch, 'root/a/file'), 'wrong');
  expect((await readFile(inner.pathOf('file'))).toString()).toBe('body');
  inner.close();
  root.close();
});
