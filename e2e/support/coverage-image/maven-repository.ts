import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { repositoryNames } from '../java-tree.ts';
import type { StatedPackage } from './oracles.ts';

/**
 * What Debian's Maven repository says of the archives of a tree: `group/artifact`, and the version of the directory by
 * which it leads there. Next to it is often one by the name `debian` or `2.x`, which is no version.
 */
export async function repositoryLinks(tree: string): Promise<StatedPackage[]> {
  const found: StatedPackage[] = [];
  for (const [place, names] of await repositoryNames(tree)) {
    for (const name of names) {
      const [group = '', artifact = ''] = name.split(':');
      const directory = join(tree, 'usr/share/maven-repo', group.replaceAll('.', '/'), artifact);
      for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
        const version = basename(entry.parentPath);
        const path = join(entry.parentPath, entry.name);
        if (!entry.name.endsWith('.jar') || isPlaceholder(version) || !existsSync(path)) continue;
        if ((await realpath(path)) !== join(await realpath(tree), place)) continue;
        found.push({ type: 'maven', name: `${group}/${basename(dirname(entry.parentPath))}`, version, place });
      }
    }
  }
  return found;
}

function isPlaceholder(version: string): boolean {
  return version === 'debian' || version.endsWith('.x');
}
