import type { ImageView } from '../../catalog/file-view.ts';

/** Directories above a package in which its needs are looked for; real trees are a tenth as deep. */
const maxDepth = 64;
/** Places looked at for one image, a few seconds' worth; the largest real trees take a tenth. */
const maxLookups = 20_000_000;

/** Answers what Node.js would load. */
export interface NodeResolver {
  /**
   * @param from - Path of the manifest of the package that asks.
   * @param names - What it asks for.
   * @returns the paths of the manifests of the packages that are found
   */
  resolve(from: string, names: readonly string[]): string[];
  /** True once so many places were looked at that no more will be: whoever made this image wanted it to take long. */
  readonly exhausted: boolean;
}

/**
 * What lies in `node_modules` directories under one name, by the directory (with its slash) that the `node_modules` is
 * in: the path of a manifest, or `undefined` for a link that has to be followed.
 */
type Places = Map<string, string | undefined>;

/**
 * Finds packages as Node.js does (its documentation, "Loading from node_modules folders"): in the `node_modules`
 * directory next to the package and then in those of every directory above, the nearest first. Links count, for some
 * package managers put nothing else there.
 *
 * @param packages - The manifests that are packages, by path.
 */
export function createNodeResolver(packages: ReadonlyMap<string, unknown>, view: ImageView<unknown>): NodeResolver {
  const byName = placesByName(packages, view);
  let lookups = 0;

  const followLink = (path: string): string | undefined => {
    const content = view.resolve(path);
    return content !== undefined && packages.has(content.path) ? content.path : undefined;
  };
  const find = (directories: readonly string[], name: string): string | undefined => {
    const named = byName.get(name);
    // A whole scope may be a link.
    const scoped = name.startsWith('@') ? byName.get(name.slice(0, name.indexOf('/'))) : undefined;
    if (named === undefined && scoped === undefined) return undefined;
    for (const directory of directories) {
      if (lookups >= maxLookups) return undefined;
      lookups += 1;
      if (!named?.has(directory) && !scoped?.has(directory)) continue;
      const found = named?.get(directory) ?? followLink(`${directory}node_modules/${name}/package.json`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    get exhausted() {
      return lookups >= maxLookups;
    },
    resolve(from, names) {
      const directories = directoriesAbove(from);
      return names.flatMap((name) => find(directories, name) ?? []).filter((found) => found !== from);
    },
  };
}

function placesByName(packages: ReadonlyMap<string, unknown>, view: ImageView<unknown>): ReadonlyMap<string, Places> {
  const byName = new Map<string, Places>();
  const add = (path: string, manifest: string | undefined): void => {
    const [, directory = '', name] = /^(.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    if (name === undefined) return;
    const places: Places = byName.get(name) ?? new Map();
    places.set(directory, manifest);
    byName.set(name, places);
  };
  for (const { path, kind } of view.links()) if (kind === 'symlink') add(path, undefined);
  for (const path of packages.keys()) add(path.slice(0, Math.max(path.lastIndexOf('/'), 0)), path);
  return byName;
}

/** The directories whose `node_modules` Node.js asks, with their slashes; a `node_modules` itself is passed over. */
function directoriesAbove(manifest: string): string[] {
  const directories: string[] = [];
  let directory = manifest.slice(0, manifest.lastIndexOf('/') + 1);
  for (let depth = 0; depth < maxDepth; depth += 1) {
    if (!directory.endsWith('/node_modules/') && directory !== 'node_modules/') directories.push(directory);
    if (directory === '') break;
    directory = directory.slice(0, directory.lastIndexOf('/', directory.length - 2) + 1);
  }
  return directories;
}
