import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemMounts } from './system-mounts.ts';

let directory: string;
let root: string;
beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'iar-mounts-')));
  root = join(directory, 'root');
  await mkdir(root);
});
afterEach(() => rm(directory, { recursive: true }));

async function tableOf(...mounts: (readonly [point: string, type: string, options?: string])[]): Promise<string> {
  const file = join(directory, 'mountinfo');
  const lines = mounts.map(([point, type, optional = ''], id) => {
    return `${id} 1 0:${id} / ${point} rw,nosuid ${optional}- ${type} none rw\n`;
  });
  await writeFile(file, lines.join(''));
  return file;
}

describe('systemMounts', () => {
  it('tells those below the root that show the running system, and no disks', async () => {
    const table = await tableOf(
      ...([['/proc', 'proc'] as const, [`${root}/proc`, 'proc', 'shared:3 '], [`${root}/dev/shm`, 'tmpfs']] as const),
      ...([[`${root}/home`, 'ext4'] as const, [`${root}/a b`, 'overlay'], [`${root}-other/proc`, 'proc']] as const),
    );
    expect([...(await systemMounts(root, table))]).toEqual(['proc', 'dev/shm']);
  });

  it('reads blanks in paths, and takes what is mounted last on a point', async () => {
    const table = await tableOf(
      [`${root}/with\\040blank`, 'sysfs'],
      [`${root}/twice`, 'tmpfs'],
      [`${root}/twice`, 'xfs'],
    );
    expect([...(await systemMounts(root, table))]).toEqual(['with blank']);
  });

  it('knows the root by its real path, and does not count the root itself', async () => {
    const link = join(directory, 'link');
    await symlink(root, link);
    const table = await tableOf([root, 'tmpfs'], [`${root}/sys`, 'sysfs']);
    expect([...(await systemMounts(link, table))]).toEqual(['sys']);
  });

  it('knows none where the system has no such table', async () => {
    expect([...(await systemMounts(root, join(directory, 'none')))]).toEqual([]);
  });

  it('knows those of this system', async () => {
    if (process.platform === 'linux') expect(await systemMounts('/')).toContain('proc');
  });
});
