import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding } from '../../catalog/finding.ts';
import { firstLayers } from '../first-layers.ts';
import { isModulePath } from '../go-binary/module-path.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { compareGoVersions } from './compare-versions.ts';
import type { GoModuleFacts } from './facts.ts';
import type { GoMod, ReplacedModule, RequiredModule } from './parse-go-mod.ts';
import type { SummedModule } from './parse-go-sum.ts';
import type { VendoredModule } from './parse-vendored-modules.ts';

/** A module that a file declares. */
interface DeclaredModule {
  readonly path: string;
  readonly version: string;
  readonly indirect?: true | undefined;
  readonly vendored?: true;
  /** `path@version` of the module it stands in for. */
  readonly replaces?: string | undefined;
  readonly sum?: string | undefined;
}

/** The modules that the Go projects in the image require or have copies of. */
export function* goModuleFindings(view: ImageView<GoModuleFacts>): Iterable<Finding> {
  for (const location of view.all()) {
    const { path, facts } = location;
    if (facts.kind === 'vendor') yield* findings(location, facts.modules.flatMap(vendored), view);
    if (facts.kind !== 'mod') continue;
    const neighbour = view.facts(`${path.slice(0, -'go.mod'.length)}go.sum`);
    const sums = neighbour?.kind === 'sum' ? neighbour.modules : [];
    yield* findings(location, withSums(declaredModules(facts, sums), sums), view);
  }
}

function* findings(
  { path, layer }: FileLocation,
  modules: readonly DeclaredModule[],
  view: ImageView<GoModuleFacts>,
): Iterable<Finding> {
  const introduced = firstLayers(view.history(path), statedKeys);
  const seen = new Set<string>();
  for (const module of modules) {
    const key = `${path}|${module.path}@${module.version}`;
    if (!isModulePath(module.path) || seen.has(key)) continue;
    seen.add(key);
    const slash = module.path.lastIndexOf('/');
    const { indirect, vendored: isVendored, replaces, sum } = module;
    yield {
      ...{ kind: 'package', key, type: 'golang', class: 'language', scope: 'declared', version: module.version },
      namespace: slash < 0 ? undefined : module.path.slice(0, slash),
      name: module.path.slice(slash + 1),
      details: withoutUndefined({ indirect, vendored: isVendored, replaces, sum }),
      occurrence: { path, layer, introducedIn: introduced.get(`${module.path}@${module.version}`) ?? layer },
    };
  }
}

function statedKeys(facts: GoModuleFacts): string[] {
  if (facts.kind === 'vendor') return facts.modules.flatMap(vendored).map(({ path, version }) => `${path}@${version}`);
  if (facts.kind === 'sum') return [];
  return declaredModules(facts, []).map(({ path, version }) => `${path}@${version}`);
}

/**
 * The modules that a project requires. Since Go 1.17 `go.mod` names all that its build needs; before, those that others
 * need are known from `go.sum` alone, which may still name older versions: the highest is the one in use.
 */
function declaredModules(mod: GoMod, sums: readonly SummedModule[]): DeclaredModule[] {
  const highest = new Map<string, RequiredModule>();
  const take = (module: RequiredModule): void => {
    const known = highest.get(module.path);
    if (known === undefined || compareGoVersions(module.version, known.version) > 0) highest.set(module.path, module);
  };
  for (const module of mod.requires) take(module);
  const isComplete = mod.go !== undefined && compareGoVersions(mod.go, '1.17') >= 0;
  const stated = new Set([...highest.keys(), ...mod.replaces.map(({ by }) => by)]);
  const others = isComplete ? [] : sums.filter((module) => !stated.has(module.path));
  for (const { path, version } of others) take({ path, version, indirect: true });
  const replaces = new Map(
    mod.replaces.map((entry) => [entry.version === undefined ? entry.path : `${entry.path}@${entry.version}`, entry]),
  );
  return [...highest.values()].flatMap((module) => replaced(module, replaces));
}

/** What is built in a module's place; nothing where that is a directory, which has no name of its own. */
function replaced(module: RequiredModule, replaces: ReadonlyMap<string, ReplacedModule>): DeclaredModule[] {
  const { path, version, indirect } = module;
  const replace = replaces.get(`${path}@${version}`) ?? replaces.get(path);
  if (replace === undefined) return [module];
  if (replace.byVersion === undefined) return [];
  return [{ path: replace.by, version: replace.byVersion, indirect, replaces: `${path}@${version}` }];
}

function vendored({ path, version, replace }: VendoredModule): DeclaredModule[] {
  const named = version === undefined ? path : `${path}@${version}`;
  if (replace?.version !== undefined) {
    return [{ path: replace.path, version: replace.version, replaces: named, vendored: true }];
  }
  return replace !== undefined || version === undefined ? [] : [{ path, version, vendored: true }];
}

function withSums(modules: readonly DeclaredModule[], sums: readonly SummedModule[]): DeclaredModule[] {
  const known = new Map(sums.map(({ path, version, sum }) => [`${path}@${version}`, sum]));
  return modules.map((module) => ({ ...module, sum: known.get(`${module.path}@${module.version}`) }));
}
