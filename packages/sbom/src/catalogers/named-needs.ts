import type { ImageView } from '../catalog/file-view.ts';
import type { DependencyFinding } from '../catalog/finding.ts';
import type { PackageListFacts } from './package-list.ts';

/**
 * Facts of an installed package that names what it needs, for package systems that install into trees: the file's first
 * package is the one that needs.
 */
export interface NeedingFacts extends PackageListFacts {
  /** Names of packages, as the others of the system state theirs. */
  readonly needs?: readonly string[];
}

/** A package that can be needed or need. */
interface Node {
  readonly key: string;
  readonly tree: string;
  readonly needs: readonly string[];
}

/**
 * What installed packages need. A need is met by the package of that name in the same tree; where that has none, by one
 * in another tree. Of several nobody can tell which would be loaded, so then no relation is stated.
 *
 * @param treeOf - The directory whose packages see each other; undefined for a file of nothing installed.
 */
export function* namedNeeds(
  view: ImageView<NeedingFacts>,
  treeOf: (path: string) => string | undefined,
): Iterable<DependencyFinding> {
  const nodes: Node[] = [];
  const providers = new Map<string, string | undefined>();
  const provide = (name: string, key: string): void => {
    providers.set(name, providers.has(name) ? undefined : key);
  };
  for (const { path, facts } of view.all()) {
    const tree = treeOf(path);
    const [pkg] = facts.packages;
    if (tree === undefined || pkg === undefined) continue;
    const key = `${path}|${pkg.key ?? `${pkg.name}@${pkg.version}`}`;
    nodes.push({ key, tree, needs: facts.needs ?? [] });
    provide(`${tree}\0${pkg.name}`, key);
    provide(`\0${pkg.name}`, key);
  }
  for (const { key: from, tree, needs } of nodes) {
    for (const name of new Set(needs)) {
      const inTree = `${tree}\0${name}`;
      const to = providers.get(providers.has(inTree) ? inTree : `\0${name}`);
      if (to !== undefined && to !== from) yield { kind: 'depends-on', from, to };
    }
  }
}
