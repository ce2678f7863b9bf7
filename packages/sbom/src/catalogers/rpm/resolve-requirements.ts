import { hashOwnedPath } from '../owned-path.ts';
import { parseRequirement } from './parse-rich-dependency.ts';

/** A package as far as others may need it. */
export interface RequiringPackage {
  readonly name: string;
  readonly architecture: string | undefined;
  readonly provides: readonly string[];
  readonly requires: readonly string[];
  /** Hashes of the paths it owns. */
  readonly paths: BigUint64Array | undefined;
}

/** Directories of the root that distributions have merged into `/usr`: a file may be required by either name. */
const mergedDirectory = /^\/(?:bin|sbin|lib|lib64)\//;

/**
 * Which package of a database meets which need, by name alone: a name that a package provides, or a file that it owns.
 * Of alternatives the first that is there counts; where several packages provide a name, one of the same architecture
 * comes first. A need that nothing meets says that somebody forced the installation, and is left out.
 *
 * @returns for each package the places in the list of those it needs, sorted
 */
export function resolveRequirements(packages: readonly RequiringPackage[]): number[][] {
  const needs = packages.map(({ requires }) => requires.flatMap(parseRequirement));
  const providers = indexProviders(packages);
  addFileOwners(providers, packages, needs);
  return packages.map(({ architecture }, self) => {
    const met = new Set<number>();
    for (const alternatives of needs[self] ?? []) {
      const name = alternatives.find((candidate) => providers.has(candidate));
      const answers = name === undefined ? undefined : providers.get(name);
      if (answers === undefined || answers.all.has(self)) continue;
      met.add(answers.byArchitecture.get(architecture) ?? answers.first);
    }
    return Array.from(met).sort((a, b) => a - b);
  });
}

/** The packages that answer to one name. */
interface Providers {
  readonly first: number;
  readonly all: Set<number>;
  /** The first of each architecture. */
  readonly byArchitecture: Map<string | undefined, number>;
}

type ProvidersByName = Map<string, Providers>;

function addProvider(providers: ProvidersByName, name: string, index: number, architecture: string | undefined): void {
  const known = providers.get(name);
  if (known === undefined) {
    providers.set(name, { first: index, all: new Set([index]), byArchitecture: new Map([[architecture, index]]) });
    return;
  }
  known.all.add(index);
  if (!known.byArchitecture.has(architecture)) known.byArchitecture.set(architecture, index);
}

function indexProviders(packages: readonly RequiringPackage[]): ProvidersByName {
  const providers: ProvidersByName = new Map();
  for (const [index, { name, architecture, provides }] of packages.entries()) {
    addProvider(providers, name, index, architecture);
    for (const provided of provides) addProvider(providers, provided, index, architecture);
  }
  return providers;
}

/** Finds the owners of files that somebody requires and nobody provides by name. */
function addFileOwners(
  providers: ProvidersByName,
  packages: readonly RequiringPackage[],
  needs: readonly (readonly (readonly string[])[])[],
): void {
  const wanted = new Map<bigint, string>();
  for (const name of new Set(needs.flat(2))) {
    if (!name.startsWith('/') || providers.has(name)) continue;
    wanted.set(hashOwnedPath(name), name);
    if (mergedDirectory.test(name)) wanted.set(hashOwnedPath(`usr${name}`), name);
  }
  if (wanted.size === 0) return;
  for (const [index, { architecture, paths }] of packages.entries()) {
    for (const path of paths ?? []) {
      const name = wanted.get(path);
      if (name !== undefined) addProvider(providers, name, index, architecture);
    }
  }
}
