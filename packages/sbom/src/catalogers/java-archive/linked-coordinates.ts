import type { ImageView } from '../../catalog/file-view.ts';
import { javaArchiveSuffix } from './archive-name.ts';
import type { JavaPackage } from './facts.ts';
import { type RepositoryCoordinates, repositoryCoordinates } from './repository-path.ts';

/**
 * What the links of a Maven repository call the archives they lead to, by the archive's path. Debian keeps its archives in
 * one directory under names of its own, and a repository of links beside it under those that Maven knows.
 */
export function linkedCoordinates<F>(view: ImageView<F>): ReadonlyMap<string, readonly RepositoryCoordinates[]> {
  const linked = new Map<string, RepositoryCoordinates[]>();
  for (const { path, kind } of view.links()) {
    const coordinates = kind === 'symlink' && javaArchiveSuffix(path) ? repositoryCoordinates(path) : undefined;
    const target = coordinates?.group === undefined ? undefined : view.resolve(path)?.path;
    if (coordinates === undefined || target === undefined) continue;
    const known = linked.get(target);
    if (known === undefined) linked.set(target, [coordinates]);
    else known.push(coordinates);
  }
  return linked;
}

/**
 * A package under the name that a repository gives it, where the archive itself has no Maven data. Of several names the
 * one the archive goes by already counts, else the first. One that is known by its
 * file's name alone takes the repository's version too: `atinject-jsr330-api-1.0.jar` is `javax.inject:javax.inject:1`.
 */
export function namedByLink(pkg: JavaPackage, names: readonly RepositoryCoordinates[] = []): JavaPackage {
  if (pkg.evidence !== 'manifest' && pkg.evidence !== 'file name') return pkg;
  const sorted = names.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const best = sorted.find(({ artifact }) => artifact === pkg.artifact) ?? sorted[0];
  if (best?.group === undefined) return pkg;
  const keepsVersion = pkg.version !== '' && pkg.evidence === 'manifest';
  const version = keepsVersion ? pkg.version : (best.version ?? pkg.version);
  return { ...pkg, group: best.group, artifact: best.artifact, version, evidence: 'repository path' };
}

/** By name, and of one name those with a version first. */
function sortKey({ group = '', artifact, version }: RepositoryCoordinates): string {
  return `${group}:${artifact}:${version === undefined ? 1 : 0}`;
}
