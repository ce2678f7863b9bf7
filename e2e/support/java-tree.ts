import { existsSync } from 'node:fs';
import { readdir, readlink, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { cacheEntry } from './cache-entry.ts';
import { runTool } from './run-tool.ts';

/** Java libraries of Debian, built in many ways: Maven, Ant, Gradle, bnd; with Maven data inside and without. */
const libraries = [
  ...['groovy', 'junit4', 'libbcprov-java', 'libcommons-collections3-java', 'libcommons-compress-java'],
  ...['libcommons-lang3-java', 'libcommons-text-java', 'libgoogle-gson-java', 'libguava-java', 'libh2-java'],
  ...['libhibernate-validator-java', 'libhttpclient-java', 'libjackson2-core-java', 'libjackson2-databind-java'],
  ...['libjetty9-java', 'libjna-java', 'liblog4j2-java', 'liblogback-java', 'libnetty-java', 'libosgi-core-java'],
  ...['libslf4j-java', 'libspring-core-java', 'libspring-web-java', 'libtomcat9-java', 'libxerces2-java'],
];
const runtime = ['openjdk-17-jdk-headless', 'openjdk-17-jre-headless'];

/**
 * A tree with Java libraries and a Java runtime of Debian, unpacked and not installed: no script of a package has run.
 * Needs apt and its archive the first time (170 MB).
 */
export async function javaTree(): Promise<string> {
  return cacheEntry('java-tree', { libraries, runtime, made: 1 }, async (directory) => {
    await runTool('apt-get', ['download', ...libraries, ...runtime], { cwd: directory });
    for (const deb of await readdir(directory)) {
      await runTool('dpkg-deb', ['-x', join(directory, deb), directory]);
      await rm(join(directory, deb));
    }
  });
}

/** The names that Debian's Maven repository gives to archives, `group:artifact` by path below the tree. */
export async function repositoryNames(tree: string): Promise<Map<string, Set<string>>> {
  const repository = join(tree, 'usr/share/maven-repo');
  const names = new Map<string, Set<string>>();
  for (const entry of await readdir(repository, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.jar') || !entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = await finalTarget(tree, path);
    if (!existsSync(join(tree, target))) continue;
    const artifact = dirname(entry.parentPath);
    const group = dirname(artifact)
      .slice(repository.length + 1)
      .replaceAll('/', '.');
    const known = names.get(target) ?? new Set();
    names.set(target, known.add(`${group}:${basename(artifact)}`));
  }
  return names;
}

/** Where a chain of links ends, below the tree. */
async function finalTarget(tree: string, link: string): Promise<string> {
  let path = link;
  for (let step = 0; step < 8; step += 1) {
    const target = await readlink(path).catch(() => undefined);
    if (target === undefined) break;
    path = target.startsWith('/') ? join(tree, target) : resolve(dirname(path), target);
  }
  return path.slice(tree.length + 1);
}
