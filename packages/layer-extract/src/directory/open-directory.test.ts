import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenDirectory } from './open-directory.ts';

const procfs = vi.hoisted(() => ({ mounted: true }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const stat = (...args: Parameters<typeof real.stat>): unknown =>
    procfs.mounted ? real.stat(...args) : Promise.reject(new Error('no procfs'));
  return { ...real, stat };
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
    const root = await OpenDirectory.root(join(scratch, 'root'));
    const inner = await root.directory('a');
    expect(await inner.names(1000)).toMatchObject({ names: ['file', 'link'] });
    const file = await inner.file('file');
    expect((await file.readFile()).toString()).toBe('body');
    await expect(inner.file('link')).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(root.directory('link')).rejects.toMatchObject({ code: expect.stringMatching(/ELOOP|ENOTDIR/) });
    await Promise.all([file.close(), inner.close(), root.close()]);
  });

  it('lists no more names than it may hold', async () => {
    const root = await OpenDirectory.root(join(scratch, 'root'));
    expect(await root.names(10)).toBeUndefined();
    await root.close();
  });
});

it.runIf(process.platform === 'linux')('stays with the directory when its path leads elsewhere', async () => {
  const root = await OpenDirectory.root(join(scratch, 'root'));
  const inner = await root.directory('a');
  await rename(join(scratch, 'root/a'), join(scratch, 'moved'));
  await mkdir(join(scratch, 'root/a'));
  await writeFile(join(scratch, 'root/a/file'), 'wrong');
  expect((await readFile(inner.pathOf('file'))).toString()).toBe('body');
  await Promise.all([inner.close(), root.close()]);
});
