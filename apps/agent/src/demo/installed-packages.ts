import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** One file that the sample image takes from this machine. */
export interface InstalledFile {
  /** Path in the image, relative to its root. */
  readonly path: string;
  /** Where it lies here. */
  readonly source: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * The files of a package and of everything it needs to run, laid out under `root` as npm would: one `node_modules` at
 * the top, and a second version of a name below the package that wants it.
 *
 * @param packageDirectory - A package as it is installed here.
 * @param root - Directory in the image.
 */
export async function installedPackages(packageDirectory: string, root: string): Promise<InstalledFile[]> {
  const files: InstalledFile[] = [];
  const placed = new Map<string, string>();
  const place = async (directory: string, target: string): Promise<void> => {
    placed.set(target, directory);
    for (const source of await packageFiles(directory)) {
      files.push({ path: `${target}/${relative(directory, source)}`, source });
    }
    const { dependencies = {} } = await readManifest(directory);
    for (const name of Object.keys(dependencies).sort()) {
      const dependency = await findPackage(name, directory);
      const top = `${root}/node_modules/${name}`;
      const home = !placed.has(top) || placed.get(top) === dependency ? top : `${target}/node_modules/${name}`;
      if (placed.get(home) !== dependency) await place(dependency, home);
    }
  };
  await place(await realpath(packageDirectory), root);
  return files;
}

async function readManifest(directory: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
}

/** Node's look-up: the nearest `node_modules` upward that has the name. */
async function findPackage(name: string, from: string): Promise<string> {
  for (let directory = from; ; directory = dirname(directory)) {
    const candidate = join(directory, 'node_modules', name);
    if (await exists(join(candidate, 'package.json'))) return realpath(candidate);
    if (dirname(directory) === directory) throw new Error(`${name}, which ${from} needs, is not installed`);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Regular files of a package; of one that is built here only what would be published. */
async function packageFiles(directory: string): Promise<string[]> {
  const built = await exists(join(directory, 'src', 'index.ts')).then(
    (source) => source && exists(join(directory, 'dist')),
  );
  const found: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') await walk(child);
      else if (entry.isFile()) found.push(child);
    }
  };
  if (!built) await walk(directory);
  else {
    await walk(join(directory, 'dist'));
    for (const name of ['package.json', 'README.md']) {
      if (await exists(join(directory, name))) found.push(join(directory, name));
    }
  }
  return found.sort();
}
