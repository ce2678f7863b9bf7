import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { debianRoot } from './debian-root.ts';
import { type Dockerd, startDockerd } from './dockerd.ts';
import { runTool } from './run-tool.ts';

/** The agent's container image, as a file that every runtime takes in. */
export interface AgentImage {
  /** The name and tag it has in the archive. */
  readonly reference: string;
  /** As `docker save` writes it: for `docker load`, `podman load` and `ctr images import`. */
  readonly dockerArchive: string;
  /** The Debian packages of its base. */
  readonly debs: readonly string[];
}

const repository = join(import.meta.dirname, '..', '..');
const reference = 'registry.example/falcon-iar/agent:test';
const entryName = 'agent-image';
const keptImages = 3;
const make = 1;

/** What Node needs of Debian, and the package that says which Debian it is: about what a distroless base for C++ has. */
const debs = ['base-files', 'gcc-12-base', 'libc6', 'libgcc-s1', 'libstdc++6'];

/**
 * The image that the project's Dockerfile makes of the current build. Only the two public bases are others here: the
 * one to run on is made of Debian packages, and instead of the build stage there is what that stage would have packed.
 * Needs root; a build that was seen before takes two seconds.
 */
export async function agentImage(): Promise<AgentImage> {
  const packed = await mkdtemp(join(tmpdir(), 'falcon-iar-packed-'));
  try {
    await packAgent(packed);
    const base = await runtimeBase();
    const dockerfile = await readFile(join(repository, 'Dockerfile'), 'utf8');
    const inputs = { packed: await treeDigest(packed), base: basename(dirname(base)), dockerfile, make };
    const directory = await cacheEntry(entryName, inputs, async (entry) => {
      await using dockerd = await startDockerd();
      await buildImage(dockerd, { packed, base, dockerfile, scratch: entry });
      await dockerd.docker('save', '--output', join(entry, 'image.tar'), reference);
    });
    await dropOldImages(directory);
    return { reference, dockerArchive: join(directory, 'image.tar'), debs };
  } finally {
    await rm(packed, { recursive: true, force: true });
  }
}

/** Packs the built agent into an empty folder, as the Dockerfile's build stage does. */
export async function packAgent(directory: string): Promise<void> {
  await runTool('node', [join(repository, 'scripts/pack-agent.mjs'), directory]);
}

interface Build {
  readonly packed: string;
  /** Tar of the root file system to run on. */
  readonly base: string;
  readonly dockerfile: string;
  /** Where files of the build may lie meanwhile. */
  readonly scratch: string;
}

async function buildImage({ docker }: Dockerd, { packed, base, dockerfile, scratch }: Build): Promise<void> {
  const { version } = JSON.parse(await readFile(join(repository, 'apps/agent/package.json'), 'utf8'));
  const context = join(scratch, 'context');
  const tar = join(scratch, 'packed.tar');
  await mkdir(context);
  await writeFile(join(context, 'Dockerfile'), withoutBuildStage(dockerfile, 'local/packed'));
  await runTool('tar', ['-C', packed, '--transform=s,^\\.,packed,', '-cf', tar, '.']);
  await docker('import', tar, 'local/packed');
  await docker('import', base, 'local/base');
  const settings = ['RUNTIME_BASE=local/base', `VERSION=${version}`].flatMap((value) => ['--build-arg', value]);
  await docker('build', '--quiet', '--network=none', ...settings, '--tag', reference, context);
  await rm(context, { recursive: true });
  await rm(tar);
}

/** Docker's classic builder runs every stage; this takes the one named `build` from an image. */
function withoutBuildStage(dockerfile: string, image: string): string {
  const stages = dockerfile.split(/^(?=FROM )/m);
  const index = stages.findIndex((stage) => /^FROM .* AS build$/m.test(stage));
  if (index < 0) throw new Error('The Dockerfile has no stage named build');
  return stages.with(index, `FROM ${image} AS build\n`).join('');
}

/** A root file system of Debian packages alone, which it names where distroless images do: a file for each of them. */
async function runtimeBase(): Promise<string> {
  const debian = await debianRoot();
  const inputs = { from: basename(dirname(debian.tar)), debs, make };
  const directory = await cacheEntry('runtime-base', inputs, async (entry) => {
    const tree = join(entry, 'debian');
    await mkdir(tree);
    await runTool('tar', ['-x', '-p', '-f', debian.tar, '-C', tree, '--exclude=./dev/*']);
    const packages = await installedPackages(tree);
    const added = join(entry, 'added');
    await mkdir(join(added, 'var/lib/dpkg/status.d'), { recursive: true });
    for (const { name, stanza } of packages) await writeFile(join(added, 'var/lib/dpkg/status.d', name), stanza);
    await mkdir(join(added, 'tmp'));
    await chmod(join(added, 'tmp'), 0o1777);
    const tar = join(entry, 'base.tar');
    const input = packages.flatMap(({ files }) => files.map((file) => `.${file}\n`)).join('');
    await runTool('tar', ['-C', tree, '--no-recursion', '--files-from=-', '-cf', tar], { input });
    await runTool('tar', ['-C', added, '-rf', tar, 'var', 'tmp']);
    for (const folder of [tree, added]) await rm(folder, { recursive: true });
  });
  return join(directory, 'base.tar');
}

/** The wanted packages of a tree: what dpkg says of each, and its files and links. */
async function installedPackages(tree: string): Promise<{ name: string; stanza: string; files: string[] }[]> {
  const architecture = (await runTool('dpkg', ['--print-architecture'])).trim();
  const query = (...args: string[]): Promise<string> =>
    runTool('dpkg-query', [`--admindir=${join(tree, 'var/lib/dpkg')}`, ...args]);
  return await Promise.all(
    debs.map(async (name) => {
      const paths = (await query('-L', `${name}:${architecture}`)).split('\n').filter((path) => /^\/[^.]/.test(path));
      const files: string[] = [];
      // Some directories of the packages are links in the tree (`/lib`); those are no files either.
      for (const path of paths) if (!(await stat(join(tree, path))).isDirectory()) files.push(path);
      return { name, stanza: await query('-s', `${name}:${architecture}`), files };
    }),
  );
}

/** SHA-256 over names, modes and contents of the files of a folder. */
async function treeDigest(directory: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(`${file.slice(directory.length)}\0${(await stat(file)).mode}\0`);
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  }
  return hash.digest('hex');
}

/** Every build of the agent makes another image; the newest few are enough to keep. */
async function dropOldImages(current: string): Promise<void> {
  const root = dirname(current);
  const names = (await readdir(root)).filter((name) => /^agent-image-[0-9a-f]+$/.test(name));
  const images = await Promise.all(
    names.map(async (name) => ({ path: join(root, name), made: (await stat(join(root, name))).mtimeMs })),
  );
  const others = images.filter(({ path }) => path !== current).sort((a, b) => b.made - a.made);
  for (const { path } of others.slice(keptImages - 1)) await rm(path, { recursive: true, force: true });
}
