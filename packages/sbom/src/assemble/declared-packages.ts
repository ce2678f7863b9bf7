import { comparePaths } from '../model/order.ts';
import type { Package } from '../model/package.ts';

/**
 * What becomes of packages that a lock file or manifest declares.
 *
 * - `beside-nothing`: listed where nothing shows what became of them. One is left out when the same package is installed
 *   anywhere in the image, or when installed packages of its type lie where its lock file's would: the lock file then
 *   also names what was never installed (for development, for other platforms), and what is there is known from itself.
 * - `always`: all are listed.
 * - `never`: none is.
 */
export type DeclaredPackages = 'beside-nothing' | 'always' | 'never';

/** Packages that an inventory lists, and what those that it does not came to. */
export interface ListedPackages {
  readonly packages: readonly Package[];
  /** Declared packages that were left out. */
  readonly omitted: number;
  /** Ids of packages that were left out, and of the installed package that is the same. */
  readonly standIns: ReadonlyMap<string, string>;
}

/**
 * Package systems that install below the directory of their lock file, and the directory names by which what was
 * installed is told from the project itself. The packages of all others go to one place of the image (`site-packages`,
 * a gem directory) or into programs, so that any installed one speaks for all.
 */
const installsBelow: Readonly<Record<string, RegExp>> = {
  npm: /(?:^|\/)node_modules\//,
  composer: /(?:^|\/)vendor\//,
  cocoapods: /(?:^|\/)Pods\//,
  swift: /(?:^|\/)\.build\//,
};

/** Chooses the packages that an inventory lists. Their order stays. */
export function listPackages(packages: readonly Package[], declared: DeclaredPackages): ListedPackages {
  const standIns = new Map<string, string>();
  if (declared === 'always' || packages.every(({ scope }) => scope === 'installed')) {
    return { packages, omitted: 0, standIns };
  }
  const installed = new InstalledPackages(packages.filter(({ scope }) => scope === 'installed'));
  const listed: Package[] = [];
  for (const pkg of packages) {
    const same = pkg.scope === 'declared' ? installed.same(pkg) : undefined;
    if (same !== undefined) standIns.set(pkg.id, same.id);
    const isListed = pkg.scope === 'installed' || (declared !== 'never' && !same && !installed.beside(pkg));
    if (isListed) listed.push(pkg);
  }
  return { packages: listed, omitted: packages.length - listed.length, standIns };
}

class InstalledPackages {
  readonly #byIdentity = new Map<string, Package>();
  /** By type, the sorted paths of what was installed. */
  readonly #paths = new Map<string, string[]>();

  constructor(installed: readonly Package[]) {
    for (const pkg of installed) {
      const identity = identityOf(pkg);
      if (!this.#byIdentity.has(identity)) this.#byIdentity.set(identity, pkg);
      const paths = this.#paths.get(pkg.type) ?? [];
      this.#paths.set(pkg.type, paths);
      const ofType = Object.hasOwn(installsBelow, pkg.type) ? installsBelow[pkg.type] : undefined;
      for (const { path } of pkg.occurrences) if (ofType === undefined || ofType.test(path)) paths.push(path);
    }
    for (const paths of this.#paths.values()) paths.sort(comparePaths);
  }

  /** The installed package of the same type, name and version. */
  same(pkg: Package): Package | undefined {
    return this.#byIdentity.get(identityOf(pkg));
  }

  /** Whether installed packages of the type lie where those of all its lock files would. */
  beside({ type, occurrences }: Package): boolean {
    const paths = this.#paths.get(type) ?? [];
    if (paths.length === 0 || !Object.hasOwn(installsBelow, type)) return paths.length > 0;
    return occurrences.every(({ path }) => hasPathBelow(paths, path.slice(0, path.lastIndexOf('/') + 1)));
  }
}

/** Whether one of the sorted paths begins with `directory`. */
function hasPathBelow(paths: readonly string[], directory: string): boolean {
  let [low, high] = [0, paths.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((paths[middle] as string) < directory) low = middle + 1;
    else high = middle;
  }
  return paths[low]?.startsWith(directory) ?? false;
}

/** The package URL up to its version: canonical, so that spellings of one name are one. */
function identityOf({ purl }: Package): string {
  const end = purl.search(/[?#]/);
  return end < 0 ? purl : purl.slice(0, end);
}
