import { cp, link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { debianRoot } from './debian-root.ts';
import { writeLayerTar } from './layer-tar.ts';
import { installedNpmProject, npmInstall, npmProject } from './npm-app.ts';
import { type LayerCompression, type LayerSource, writeOciLayout } from './oci-layout.ts';
import { runTool } from './run-tool.ts';
import { snapshotTree } from './tree-snapshot.ts';

/** An image of real software, and the file system it stands for. */
export interface RealImage {
  /** The tree that the topmost layer leaves behind, owned by root: what any oracle is asked about. Not to be written to. */
  readonly tree: string;
  /** The uncompressed tars of its lower layers, and what changes when they do. */
  layers(): { readonly id: string; readonly tars: { readonly debian: string; readonly application: string } };
  /** An OCI image layout of the image with the tag `latest`, its layers compressed as asked. */
  layout(compression: LayerCompression): Promise<string>;
}

/** Changes when the steps below change, so that a kept image of an older make is not taken for this one. */
const make = 4;

const steps = ['debian', 'application', 'changes'] as const;

/**
 * Debian, an application on it, and a layer that removes and changes parts of both. Every step is done to one real
 * tree by the tools that do it in a Dockerfile (mmdebstrap, dpkg, npm, pip), and each layer is the difference between
 * two states of that tree. Needs root and takes about two minutes the first time.
 */
export async function realImage(): Promise<RealImage> {
  const debian = await debianRoot();
  const application = await installedNpmProject('npm-app');
  const tools = await installedNpmProject('npm-tools');
  const next = await readFile(join(npmProject('npm-app-next'), 'package-lock.json'), 'utf8');
  const inputs = { from: [debian.tar, application, tools].map((path) => path.split('/').slice(-2)), next, make };
  const directory = await cacheEntry('real-image', inputs, async (entry) => {
    const tree = join(entry, 'tree');
    await mkdir(tree);
    await runTool('tar', ['-x', '-p', '--numeric-owner', '-f', debian.tar, '-C', tree]);
    const base = await snapshotTree(tree);
    await writeLayerTar(tree, { before: new Map(), after: base }, join(entry, 'debian.tar'));

    await addApplication(tree, { debs: debian.debs, application, tools });
    const added = await snapshotTree(tree);
    await writeLayerTar(tree, { before: base, after: added }, join(entry, 'application.tar'));

    const opaque = await changeBoth(tree);
    const after = await snapshotTree(tree);
    await writeLayerTar(tree, { before: added, after, opaque }, join(entry, 'changes.tar'));
  });
  const layers: LayerSource[] = steps.map((step) => ({ tar: join(directory, `${step}.tar`), createdBy: step }));
  return {
    tree: join(directory, 'tree'),
    layers: () => ({
      id: basename(directory),
      tars: { debian: join(directory, 'debian.tar'), application: join(directory, 'application.tar') },
    }),
    layout: (compression) =>
      cacheEntry(`real-image-${compression}`, { from: basename(directory), make }, async (entry) => {
        await writeOciLayout(entry, 'latest', layers, compression);
      }),
  };
}

/** The second layer: an npm application and tools, a venv with wheels, packages by dpkg, links of both kinds. */
async function addApplication(
  tree: string,
  from: { readonly debs: string; readonly application: string; readonly tools: string },
): Promise<void> {
  await cp(from.application, join(tree, 'opt/app'), { recursive: true, verbatimSymlinks: true });
  await symlink('/opt/app', join(tree, 'srv/app'));
  // A file that a later layer replaces by a directory, and a directory that one replaces by a file.
  await writeFile(join(tree, 'opt/app/public'), 'not built yet\n');
  await mkdir(join(tree, 'opt/app/cache/left'), { recursive: true });
  await writeFile(join(tree, 'opt/app/cache/left/package.json'), JSON.stringify({ name: 'cached', version: '0.0.1' }));
  // The same file under a second name, whose first name a later layer takes away.
  await mkdir(join(tree, 'opt/kept/yargs'), { recursive: true });
  await link(join(tree, 'opt/app/node_modules/yargs/package.json'), join(tree, 'opt/kept/yargs/package.json'));

  const global = join(tree, 'usr/local/lib/node_modules');
  await cp(join(from.tools, 'node_modules'), global, { recursive: true, verbatimSymlinks: true });

  await inTree(tree, 'python3', ['-m', 'venv', '/opt/venv']);
  await inTree(tree, '/opt/venv/bin/pip', ['install', '--no-index', '--find-links=/usr/share/python-wheels', 'wheel']);

  const debs = (await readdir(from.debs)).sort();
  for (const deb of debs) await cp(join(from.debs, deb), join(tree, 'tmp', deb));
  await inTree(tree, 'dpkg', ['-i', ...debs.map((deb) => `/tmp/${deb}`)]);
  for (const deb of debs) await rm(join(tree, 'tmp', deb));
}

/** The third layer. Returns the directories that were removed and made again. */
async function changeBoth(tree: string): Promise<string[]> {
  await inTree(tree, 'dpkg', ['--purge', 'jq']);
  // Leaves its conffiles behind: the package stays in the database as `deinstall ok config-files`.
  await inTree(tree, 'dpkg', ['-r', 'logrotate']);
  await inTree(tree, 'dpkg', ['-r', 'tree']);
  await inTree(tree, 'sh', ['-c', 'echo less hold | dpkg --set-selections']);
  await inTree(tree, '/opt/venv/bin/pip', ['uninstall', '-y', 'wheel']);

  const app = join(tree, 'opt/app');
  for (const file of ['package.json', 'package-lock.json'])
    await cp(join(npmProject('npm-app-next'), file), join(app, file));
  await npmInstall(app, 'install');
  await rm(join(app, 'public'));
  await mkdir(join(app, 'public/vendor'), { recursive: true });
  await writeFile(join(app, 'public/vendor/package.json'), JSON.stringify({ name: 'vendored', version: '1.2.3' }));
  await rm(join(app, 'cache'), { recursive: true });
  await writeFile(join(app, 'cache'), 'a file now\n');

  const global = 'usr/local/lib/node_modules';
  await cp(join(tree, global, 'semver'), join(tree, 'tmp/semver'), { recursive: true });
  await rm(join(tree, global), { recursive: true });
  await mkdir(join(tree, global));
  await cp(join(tree, 'tmp/semver'), join(tree, global, 'semver'), { recursive: true });
  await rm(join(tree, 'tmp/semver'), { recursive: true });
  return [global];
}

/** Runs a program of the tree in the tree, without the caller's environment. */
async function inTree(tree: string, command: string, args: readonly string[]): Promise<void> {
  await runTool('chroot', [tree, command, ...args], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', HOME: '/tmp' },
  });
}
