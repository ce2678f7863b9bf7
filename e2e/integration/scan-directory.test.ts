import { accessSync, constants, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { parseInventoryScanRequest } from '@falcon-iar/falcon-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentEnvironment, agentProgram, runAgent } from '../support/agent.ts';
import { installedDebs, npmPackages, pythonDistributions } from '../support/installed-software.ts';
import { debLines, type InventoryDocument, placeLines } from '../support/inventory-document.ts';
import { mountOverlay } from '../support/overlay-mount.ts';
import { type RealImage, realImage } from '../support/real-image.ts';
import { canRun, canRunWithout } from '../support/required-tools.ts';
import { runToEnd, runTool } from '../support/run-tool.ts';

const runnable = canRun('scans of a real tree', ['mmdebstrap', 'npm', 'chroot', 'dpkg-query', 'perl'], { root: true });
const canMount = canRun('scans of trees with mounts', ['findmnt'], { root: true });
const canLoseRights =
  canRun('scans by a user without rights', ['chroot'], { root: true }) &&
  canRunWithout('scans by a user without rights', isOpen(agentProgram) ? [] : ['others may not read this checkout']);

const release = 'ID=debian\nVERSION_ID="12"\n';

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function scan(directory: string): Promise<InventoryDocument> {
  const { code, stdout, stderr } = await runAgent(['scan', '-q', `rootfs:${directory}`, '-o', 'json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as InventoryDocument;
}

describe.runIf(runnable)('iar scan of the tree that a real image unpacks to', () => {
  let image: RealImage;
  let scratch: string;
  let inventory: InventoryDocument;

  beforeAll(async () => {
    image = await realImage();
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-scan-directory-'));
    const outputs = ['json=tree.json', 'cyclonedx-json=sbom.json', 'falcon-json=falcon.json', 'table'];
    const options = outputs.flatMap((output) => ['-o', output]);
    const { code, stderr } = await runAgent(['scan', `rootfs:${image.tree}`, ...options], { cwd: scratch });
    expect(code, stderr).toBe(0);
    inventory = JSON.parse(await readFile(join(scratch, 'tree.json'), 'utf8'));
  });

  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it('finds what dpkg, npm and pip have put there', async () => {
    expect(inventory).toMatchObject({ complete: true, problems: [] });
    expect(debLines(inventory)).toEqual(await installedDebs(image.tree));
    expect(placeLines(inventory, 'npm')).toEqual(await npmPackages(image.tree));
    expect(placeLines(inventory, 'pypi')).toEqual(await pythonDistributions(image.tree));
  });

  it('finds what it finds in the image, but for the layers', async () => {
    const { code, stdout } = await runAgent([
      ...['scan', '-q', `oci-layout:${await image.layout('gzip')}:latest`, '-o', 'json'],
    ]);
    expect(code).toBe(0);
    const withoutLayers = ({ packages, distro, complete }: InventoryDocument): unknown => ({
      ...{ complete, distro: { ...(distro as object), layer: undefined } },
      packages: packages.map(({ occurrences, ...found }) => [found, occurrences.map(({ path }) => path)]),
    });
    expect(withoutLayers(inventory)).toEqual(withoutLayers(JSON.parse(stdout) as InventoryDocument));
  });

  it('names it by its path and by what was found, so that the same is called the same', async () => {
    expect(inventory.subject).toMatchObject({ reference: image.tree, identity: 'config', synthesized: true });
    expect(inventory.layers).toHaveLength(1);
    expect((await scan(image.tree)).subject.digest).toBe(inventory.subject.digest);
  });

  it('writes documents that others read', async () => {
    const sbom = await readFile(join(scratch, 'sbom.json'), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(sbom)).toBeNull();
    parseInventoryScanRequest(JSON.parse(await readFile(join(scratch, 'falcon.json'), 'utf8')));
  });
});

describe('iar scan of a directory', () => {
  let scratch: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-scan-directory-'));
  });

  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it('takes a relative path, and reads what links inside lead to, but nothing outside', async () => {
    await write(join(scratch, 'a/opt/vendor'), release);
    await write(join(scratch, 'outside'), 'ID=other\n');
    await mkdir(join(scratch, 'a/etc'));
    await symlink('/opt/vendor', join(scratch, 'a/etc/os-release'));
    await mkdir(join(scratch, 'a/usr/lib'), { recursive: true });
    await symlink('../../../outside', join(scratch, 'a/usr/lib/os-release'));
    const { code, stdout } = await runAgent(['scan', '-q', 'rootfs:a', '-o', 'json'], { cwd: scratch });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ distro: { id: 'debian' } });
  });

  it.each([
    ['rootfs:missing', /\[ENOENT\] \/.*\/missing: there is no such directory/],
    ['rootfs:file', /\[ENOTDIR\] \/.*\/file: it is not a directory/],
    ['rootfs:~/image', /\[ENOENT\] .*\nhint: .*\$HOME/],
  ])('says what is wrong with %s in one line and a hint', async (target, message) => {
    await write(join(scratch, 'file'), '');
    const { code, stdout, stderr } = await runAgent(['scan', target], { cwd: scratch });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^iar: error: [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });

  it.runIf(canMount)('stays in its file system; only what is no part of a running system is a problem', async () => {
    const tree = join(scratch, 'mounted');
    await write(join(tree, 'etc/os-release'), release);
    await write(join(scratch, 'disk/file'), '');
    for (const point of ['proc', 'tmp with blank', 'disk']) await mkdir(join(tree, point));
    await runTool('mount', ['-t', 'proc', 'proc', join(tree, 'proc')]);
    await runTool('mount', ['-t', 'tmpfs', 'tmpfs', join(tree, 'tmp with blank')]);
    const unmount = (point: string): Promise<string> => runTool('umount', [join(tree, point)]);
    try {
      expect(await scan(tree)).toMatchObject({ complete: true, distro: { id: 'debian' } });
      await using _ = await mountOverlay([join(scratch, 'disk'), tree], join(tree, 'disk'));
      const { problems } = await scan(tree);
      expect(problems).toEqual([expect.objectContaining({ path: 'disk', reason: expect.stringMatching(/not read/) })]);
    } finally {
      await unmount('proc');
      await unmount('tmp with blank');
    }
  });

  it.runIf(canLoseRights)('tells what its user may not read, and goes on', async () => {
    const tree = join(scratch, 'guarded');
    await chmod(scratch, 0o755);
    await write(join(tree, 'etc/os-release'), release);
    await write(join(tree, 'root/.ssh/id'), '');
    await write(join(tree, 'var/lib/dpkg/status'), 'Package: a\n');
    await chmod(join(tree, 'root'), 0o700);
    await chmod(join(tree, 'var/lib/dpkg/status'), 0o600);
    const command = ['--userspec=65534:65534', '/', agentProgram, 'scan', `rootfs:${tree}`, '-o', 'json', '-v'];
    const { code, stdout, stderr } = await runToEnd('chroot', command, { env: agentEnvironment() });
    expect(code, stderr).toBe(0);
    const { problems, distro } = JSON.parse(stdout) as InventoryDocument;
    expect(distro).toMatchObject({ id: 'debian' });
    expect((problems as { path: string }[]).map(({ path }) => path)).toEqual(
      expect.arrayContaining(['root', 'var/lib/dpkg/status']),
    );
    expect(stderr).toContain('the inventory is partial');
    const top = await runToEnd('chroot', ['--userspec=65534:65534', '/', agentProgram, 'scan', `rootfs:${tree}/root`], {
      env: agentEnvironment(),
    });
    expect(top.code).toBe(3);
    expect(top.stderr).toMatch(/\[EACCES\] .*\nhint: run as/);
  });
});

/** Whether everybody may go to a file and read it. */
function isOpen(file: string): boolean {
  accessSync(file, constants.R_OK);
  for (let path = dirname(file); path !== dirname(path); path = dirname(path)) {
    if ((statSync(path).mode & 0o005) !== 0o005) return false;
  }
  return true;
}
