import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runTool } from './run-tool.ts';

/** What dpkg itself says is installed in a tree: `name<TAB>version<TAB>architecture`, sorted. */
export async function installedDebs(tree: string): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const format = '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n';
  const output = await runTool('dpkg-query', [`--admindir=${join(tree, 'var/lib/dpkg')}`, '-W', '-f', format]);
  const lines = output.split('\n').filter((line) => line.startsWith('installed\t'));
  return lines.map((line) => line.slice('installed\t'.length)).sort();
}

/** The `package.json` files of a tree that have a name and a version: `name<TAB>version<TAB>path`, sorted. */
export async function npmPackages(tree: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of await filesOf(tree, (name) => name === 'package.json')) {
    const { name, version } = JSON.parse(await readFile(join(tree, path), 'utf8')) as Record<string, unknown>;
    if (isFilled(name) && isFilled(version)) found.push(`${name}\t${version}\t${path}`);
  }
  return found.sort();
}

/** The Python distributions whose metadata lies in a tree: `name<TAB>version<TAB>path`, sorted. */
export async function pythonDistributions(tree: string): Promise<string[]> {
  const found: string[] = [];
  const paths = await filesOf(tree, (name) => name === 'METADATA' || name === 'PKG-INFO' || name.endsWith('.egg-info'));
  for (const path of paths) {
    if (!/\.(?:dist|egg)-info(?:\/(?:METADATA|PKG-INFO))?$/.test(path)) continue;
    const [header = ''] = (await readFile(join(tree, path), 'utf8')).split(/\r?\n\r?\n/, 1);
    const field = (name: string): string | undefined => new RegExp(`^${name}: *(.+?) *$`, 'm').exec(header)?.[1];
    found.push(`${field('Name')}\t${field('Version')}\t${path}`);
  }
  // A wheel's name says what is in it (binary distribution format, file name convention).
  for (const path of await filesOf(tree, (name) => name.endsWith('.whl'))) {
    const [name, version] = basename(path).split('-');
    found.push(`${name}\t${version}\t${path}`);
  }
  return found.sort();
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Regular files by their name, as paths relative to the tree; links are not followed. */
async function filesOf(tree: string, matches: (name: string) => boolean, directory = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(tree, directory), { withFileTypes: true })) {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesOf(tree, matches, path)));
    else if (entry.isFile() && matches(entry.name)) found.push(path);
  }
  return found;
}
