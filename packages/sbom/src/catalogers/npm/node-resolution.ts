import type { ImageView } from '../../catalog/file-view.ts';

/** Directories above a package in which its needs are looked for; real trees are a tenth as deep. */
const maxDepth = 64;
const manifest = 'package.json';

/**
 * Finds packages as Node.js does (its documentation, "Loading from node_modules folders"): in the `node_modules`
 * directory next to the package and then in those of every directory above, the nearest first. Links count, for some
 * package managers put nothing else there.
 *
 * @param packages - The manifests that are packages, by path.
 * @returns a function from the path of a manifest and a wanted name to the path of the manifest that is found
 */
export function createNodeResolver(
  packages: ReadonlyMap<string, unknown>,
  view: ImageView<unknown>,
): (from: string, name: string) => string | undefined {
  const links = new Set<string>();
  for (const { path, kind } of view.links()) if (kind === 'symlink') links.add(path);

  const packageAt = (directory: string): string | undefined => {
    const path = `${directory}/${manifest}`;
    if (packages.has(path)) return path;
    // Only a link, of the package or of its scope, can make a package appear where none was read.
    if (!links.has(directory) && !links.has(directory.slice(0, directory.lastIndexOf('/')))) return undefined;
    const content = view.resolve(path);
    return content !== undefined && packages.has(content.path) ? content.path : undefined;
  };

  return (from, name) => {
    let directory = from.slice(0, -manifest.length);
    for (let depth = 0; depth < maxDepth; depth += 1) {
      if (!/(?:^|\/)node_modules\/$/.test(directory)) {
        const found = packageAt(`${directory}node_modules/${name}`);
        if (found !== undefined) return found === from ? undefined : found;
      }
      if (directory === '') return undefined;
      directory = directory.slice(0, directory.lastIndexOf('/', directory.length - 2) + 1);
    }
    return undefined;
  };
}
