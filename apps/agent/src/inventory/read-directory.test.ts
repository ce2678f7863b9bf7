import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createByteBudget, defaultCatalogers, type Inventory } from '@falcon-iar/sbom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCode } from '../cli/exit-code.ts';
import { DirectoryError } from './directory-error.ts';
import { inventoryImage } from './inventory-image.ts';
import { type ReadDirectoryOptions, readDirectory } from './read-directory.ts';
import { createLayerMemory, createSharedLayers } from './shared-layers.ts';

let root: string;
let bytesRead: number;
let options: ReadDirectoryOptions;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'iar-rootfs-'));
  bytesRead = 0;
  options = newOptions();
});
afterEach(() => rm(root, { recursive: true }));

function newOptions(signal: AbortSignal = new AbortController().signal): ReadDirectoryOptions {
  return {
    analyze: { catalogers: defaultCatalogers, budget: createByteBudget(1024 * 1024) },
    layers: createSharedLayers(createLayerMemory()),
    onProgress: (bytes) => {
      bytesRead += bytes;
    },
    signal,
  };
}

async function write(path: string, content: string): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

async function inventoryOf(directory: string = root, reading: ReadDirectoryOptions = options): Promise<Inventory> {
  const image = await readDirectory(directory, reading);
  const { analyze, layers, signal } = reading;
  const { catalogers, budget } = analyze;
  return inventoryImage(image, { catalogers, budget: budget!, layers, layersAtOnce: 1, signal });
}

const release = 'ID=debian\nVERSION_ID="12"\n';
const manifest = (version: string) => JSON.stringify({ name: 'left-pad', version });

describe('readDirectory', () => {
  it('makes an image of one layer, which is in no registry', async () => {
    await write('etc/os-release', release);
    await write('srv/node_modules/left-pad/package.json', manifest('1.0.0'));
    const inventory = await inventoryOf();
    expect(inventory).toMatchObject({ complete: true, distro: { id: 'debian' } });
    expect(inventory.packages.map(({ purl }) => purl)).toEqual(['pkg:npm/left-pad@1.0.0']);
    expect(inventory.subject).toMatchObject({ reference: root, identity: 'config', synthesized: true });
    expect(inventory.subject.platform).toEqual({ os: 'unknown', architecture: 'unknown' });
    const size = release.length + manifest('1.0.0').length;
    expect(inventory.layers).toEqual([expect.objectContaining({ index: 0, size })]);
    expect(inventory.layers[0]).not.toHaveProperty('diffId');
    expect(bytesRead).toBeGreaterThan(0);
  });

  it('takes the platform from whoever knows it', async () => {
    const platform = { os: 'linux', architecture: 'arm64' };
    const { subject } = await inventoryOf(root, { ...options, platform });
    expect(subject).toMatchObject({ platform, config: platform });
  });

  it('names what was found: the same for the same, another for another version or path', async () => {
    await write('srv/node_modules/left-pad/package.json', manifest('1.0.0'));
    const digests: string[] = [];
    const note = async (): Promise<unknown> => digests.push((await inventoryOf(root, newOptions())).subject.digest);
    await note();
    await note();
    await write('srv/node_modules/left-pad/package.json', manifest('1.0.1'));
    await note();
    await write('srv/empty', '');
    await note();
    expect(digests.map((digest) => digests.indexOf(digest))).toEqual([0, 0, 2, 3]);
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('reads the directory once more for what a link leads to', async () => {
    await write('opt/vendor', release);
    await mkdir(join(root, 'etc'));
    await symlink('../opt/vendor', join(root, 'etc/os-release'));
    expect(await inventoryOf()).toMatchObject({ complete: true, distro: { id: 'debian' } });
  });

  it('reads a directory by a relative path and through a link, which is not followed inside', async () => {
    await write('real/etc/os-release', release);
    await write('outside', release);
    await symlink('real', join(root, 'link'));
    await symlink('../../outside', join(root, 'real/etc/lsb-release'));
    const found = await inventoryOf(relative(process.cwd(), join(root, 'link')));
    expect(found.subject.reference).toBe(join(root, 'link'));
    expect(found.distro).toMatchObject({ id: 'debian' });
  });

  it.runIf(process.getuid?.() !== 0)('goes on where something may not be read, and says what', async () => {
    await write('etc/os-release', release);
    await write('secret/file', '');
    await chmod(join(root, 'secret'), 0);
    const inventory = await inventoryOf();
    await chmod(join(root, 'secret'), 0o700);
    expect(inventory).toMatchObject({ complete: false, distro: { id: 'debian' } });
    expect(inventory.problems).toEqual([expect.objectContaining({ cataloger: 'layer', path: 'secret' })]);
  });

  it.each([
    ['missing', /^\[ENOENT\] .*\/missing: there is no such directory$/, /relative/],
    ['file', /^\[ENOTDIR\] .*\/file: it is not a directory$/, /docker-archive/],
    ['~/missing', /^\[ENOENT\] /, /\$HOME/],
  ])('says what is wrong with %s, and what to do', async (path, message, hint) => {
    await write('file', '');
    const failure: unknown = await readDirectory(join(root, path), options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DirectoryError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
      exitCode: exitCode.imageNotAvailable,
    });
  });

  it('says that there is more in it than can be read', async () => {
    for (const name of ['a', 'b', 'c']) await write(name, '');
    const failure: unknown = await readDirectory(root, { ...options, limits: { entries: 2 } }).catch((error) => error);
    expect(failure).toBeInstanceOf(DirectoryError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(new RegExp(`^\\[LIMIT_EXCEEDED\\] ${root}: .*more than limit entries 2$`)),
      hint: 'scan a directory with less in it',
    });
  });

  it('rejects with the reason of its signal', async () => {
    await write('file', '');
    await expect(readDirectory(root, newOptions(AbortSignal.abort('SIGINT')))).rejects.toBe('SIGINT');
  });
});
