import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { installedNpmProject, npmInstall, npmProject } from '../npm-app.ts';
import { pacmanRoot } from '../pacman-root.ts';
import { runTool } from '../run-tool.ts';
import { inTree } from './in-tree.ts';
import { composerInstall, goProgram, installGem, installRock, rustProgram } from './language-packages.ts';
import type { StepFacts } from './oracles.ts';
import { coverPacman, coverRpms, installDebs, rpm, rpmUnchecked, writeApkDatabase } from './system-packages.ts';

/** What the steps work on. */
export interface CoverageTree {
  /** The root file system that they change. */
  readonly tree: string;
  /** A folder beside it; its `root` is a link to the tree. */
  readonly scratch: string;
}

/** What a step did, and what only it knows. */
export interface StepResult {
  readonly facts: StepFacts;
  /** Directories that were removed and made again. */
  readonly opaque: readonly string[];
}

const goServer = 'usr/local/bin/go-server';
const rustServer = 'usr/local/bin/rust-server';
const globalModules = 'usr/local/lib/node_modules';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);
const tool = { name: 'iar-tool', architecture: 'amd64', files: ['usr/bin/iar-tool'] };

/** Everything is installed. rpm's database is where a link leads to. */
export async function install({ tree, scratch }: CoverageTree): Promise<StepResult> {
  await installDebs(tree, [
    { ...tool, version: '1:1.0-1', fields: 'Source: iar (1.0-1)\n' },
    { name: 'iar-purged', version: '1.0', architecture: 'all', files: ['usr/share/iar-purged/a'] },
    { name: 'iar-removed', version: '2.0~rc1-1+b2', architecture: 'all', files: ['etc/iar-removed.conf'] },
  ]);

  await mkdir(join(tree, 'usr/lib/sysimage/rpm'), { recursive: true });
  await symlink('../../usr/lib/sysimage/rpm', join(tree, 'var/lib/rpm'));
  await rpm(tree, ...rpmUnchecked, '-i', ...(await coverRpms(scratch, '1.0')).values());
  const { query } = await pacmanRoot(scratch, coverPacman('1.0-1', numbers(20)), ['iar-arch4']);
  const apk = { musl: '1.2.4-r2', 'busybox-static': '1.36.1-r5' };
  await writeApkDatabase(tree, apk);

  const [application, tools] = await Promise.all([installedNpmProject('npm-app'), installedNpmProject('npm-tools')]);
  await copyTree(application, join(tree, 'opt/app'));
  await copyTree(join(tools, 'node_modules'), join(tree, globalModules));
  await inTree(tree, 'python3', ['-m', 'venv', '/opt/venv']);
  await inTree(tree, '/opt/venv/bin/pip', ['install', '--no-index', '--find-links=/usr/share/python-wheels', 'wheel']);
  await installGem(tree, 'iar_gem', '1.0.0');
  await installGem(tree, 'iar_gone', '0.1.0.pre1');
  await installRock(tree, 'iar-rock', '1.0-1');
  await installRock(tree, 'iar-other', '0.1-2');
  await composerInstall(tree, { 'iar/kept': '1.0.0', 'iar/changed': '1.0.0', 'iar/gone': '2.0.0-RC1' });
  await goProgram(scratch, 'v1.2.3', join(tree, goServer));
  const crates = await rustProgram(scratch, '0.2.0', join(tree, rustServer));
  return { facts: { pacman: query, apk, crates: { [rustServer]: crates } }, opaque: [] };
}

/** Upgrades, removals by the package managers, and removals by hand. */
export async function change({ tree, scratch }: CoverageTree): Promise<StepResult> {
  await installDebs(tree, [
    { ...tool, version: '1:1.1-1' },
    { name: 'iar-new', version: '0.1', architecture: 'all', files: ['usr/share/iar-new/a'] },
  ]);
  await inTree(tree, 'dpkg', ['--purge', 'iar-purged']);
  // Its configuration file stays, and its name in the database.
  await inTree(tree, 'dpkg', ['-r', 'iar-removed']);

  const newer = await coverRpms(scratch, '1.1');
  const upgraded = numbers(20).map((number) => newer.get(`cover${number}`) ?? '');
  await rpm(tree, ...rpmUnchecked, '-U', ...upgraded);
  await rpm(tree, '--justdb', '--nodeps', '--noscripts', '-e', ...numbers(5).map((number) => `cover${number + 40}`));
  const { query } = await pacmanRoot(scratch, coverPacman('1.1-1', [0, 1, 2, 3]), []);
  await removeByPacman({ tree, scratch }, ['iar-arch7', 'iar-arch8', 'iar-arch9']);
  const apk = { musl: '1.2.4-r3', zlib: '1.3.1-r0' };
  await writeApkDatabase(tree, apk);

  for (const file of ['package.json', 'package-lock.json'])
    await cp(join(npmProject('npm-app-next'), file), join(tree, 'opt/app', file));
  await npmInstall(join(tree, 'opt/app'), 'install');
  await rm(join(tree, globalModules, 'semver'), { recursive: true });
  await inTree(tree, '/opt/venv/bin/pip', ['uninstall', '-y', 'wheel']);
  await installGem(tree, 'iar_gem', '1.1.0');
  await inTree(tree, 'gem', ['uninstall', 'iar_gone']);
  await installRock(tree, 'iar-rock', '1.1-1');
  await composerInstall(tree, { 'iar/kept': '1.0.0', 'iar/changed': '1.1.0', 'iar/new': '0.1.0' });
  // Debian's pear cannot uninstall (it looks for a function that it does not have), but it sees what is gone.
  await removeNamed(join(tree, 'usr/share/php/.registry'), /^xml_util\.reg$/);
  await removeNamed(join(tree, 'usr/lib/erlang/lib'), /^sasl-/);
  await removeNamed(join(tree, 'usr/share/java'), /^gson/);
  await goProgram(scratch, 'v1.3.0', join(tree, goServer));
  await cp(join(tree, goServer), join(tree, 'usr/local/bin/go-copy'));
  const crates = await rustProgram(scratch, '0.3.0', join(tree, rustServer));
  return { facts: { pacman: query, apk, crates: { [rustServer]: crates } }, opaque: [] };
}

/** What was gone comes back, a directory becomes a file, another is made anew, databases and archives go behind links. */
export async function again({ tree, scratch }: CoverageTree, { crates, apk }: StepFacts): Promise<StepResult> {
  await installDebs(tree, [
    { name: 'iar-purged', version: '1.0', architecture: 'all', files: ['usr/share/iar-purged/a'] },
    { name: 'iar-removed', version: '2.1-1', architecture: 'all', files: ['etc/iar-removed.conf'] },
  ]);
  const older = await coverRpms(scratch, '1.0');
  await rpm(tree, ...rpmUnchecked, '-i', older.get('cover40') ?? '');
  await moveBehindLink(tree, 'var/lib/pacman', 'usr/lib/pacman');
  const { query } = await pacmanRoot(scratch, coverPacman('1.1-1', [7]), []);

  await inTree(tree, '/opt/venv/bin/pip', ['install', '--no-index', '--find-links=/usr/share/python-wheels', 'wheel']);
  const tools = await installedNpmProject('npm-tools');
  await rm(join(tree, globalModules), { recursive: true });
  await mkdir(join(tree, globalModules));
  await copyTree(join(tools, 'node_modules/semver'), join(tree, globalModules, 'semver'));
  await rm(join(tree, 'srv/shop/vendor'), { recursive: true });
  await writeFile(join(tree, 'srv/shop/vendor'), 'a file now\n');
  await rm(join(tree, 'usr/local/lib/luarocks/rocks-5.1/iar-other'), { recursive: true });
  await inTree(tree, 'luarocks-admin', ['make-manifest', '/usr/local/lib/luarocks/rocks-5.1']);
  await inTree(tree, 'gem', ['uninstall', 'iar_gem', '--version', '1.0.0']);
  await moveBehindLink(tree, 'opt/venv', 'srv/venv');
  await rename(join(tree, 'usr/local/bin/go-copy'), join(tree, goServer));
  return { facts: { pacman: query, apk, crates }, opaque: [globalModules] };
}

async function removeByPacman({ tree, scratch }: CoverageTree, names: readonly string[]): Promise<void> {
  const options = ['--root', tree, '--dbpath', join(tree, 'var/lib/pacman'), '--config', join(scratch, 'pacman.conf')];
  const outside = ['--logfile', join(scratch, 'log'), '--hookdir', join(scratch, 'hooks')];
  await runTool('pacman', ['-Rdd', ...options, ...outside, '--noconfirm', ...names]);
}

async function copyTree(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
}

async function removeNamed(directory: string, pattern: RegExp): Promise<void> {
  const names = (await readdir(directory)).filter((name) => pattern.test(name));
  if (names.length === 0) throw new Error(`${directory} has no ${pattern}`);
  for (const name of names) await rm(join(directory, name), { recursive: true });
}

async function moveBehindLink(tree: string, from: string, to: string): Promise<void> {
  await rename(join(tree, from), join(tree, to));
  await symlink(relative(dirname(from), to), join(tree, from));
}
