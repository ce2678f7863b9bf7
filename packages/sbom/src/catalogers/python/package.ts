import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { firstLayers } from '../first-layers.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { PythonFacts } from './facts.ts';
import { pythonFile } from './metadata-files.ts';
import { normalizedPythonName } from './normalized-name.ts';
import type { PythonDirectUrl } from './parse-direct-url.ts';
import type { PythonPackage } from './parse-metadata.ts';

/** An installed package and where its metadata lies. */
interface Installed {
  readonly path: string;
  readonly layer: number;
  readonly place: string;
  readonly site: string;
  readonly pkg: PythonPackage;
}

/** What lies beside the metadata of the packages, by their places. */
interface Neighbours {
  readonly installers: Map<string, string>;
  readonly directUrls: Map<string, PythonDirectUrl>;
}

/** The Python packages of the image, and which of each other they need. */
export function* pythonFindings(view: ImageView<PythonFacts>): Iterable<Finding> {
  const { packages, neighbours } = gather(view);
  const resolve = createResolver(packages);
  for (const installed of packages) {
    const { path, layer, pkg } = installed;
    const introduced = firstLayers(view.history(path), versionKeys);
    const occurrence = { path, layer, introducedIn: introduced.get(versionKey(pkg)) ?? layer };
    yield { kind: 'package', key: path, ...stated(installed, neighbours), occurrence };
    for (const name of pkg.requires ?? []) {
      const to = resolve(installed.site, name);
      if (to !== undefined && to !== path) yield { kind: 'depends-on', from: path, to };
    }
  }
}

function gather(view: ImageView<PythonFacts>): { packages: Installed[]; neighbours: Neighbours } {
  const packages: Installed[] = [];
  const neighbours: Neighbours = { installers: new Map(), directUrls: new Map() };
  for (const { path, layer, facts } of view.all()) {
    const file = pythonFile(path);
    if (file === undefined) continue;
    const { place, site } = file;
    if (facts.kind === 'metadata') packages.push({ path, layer, place, site, pkg: facts.pkg });
    else if (facts.kind === 'installer') neighbours.installers.set(place, facts.name);
    else neighbours.directUrls.set(place, facts.from);
  }
  return { packages, neighbours };
}

/**
 * A need is met by the package of that name in the same directory. Where that has none, one in another directory is
 * taken if it is the only one in the image; of several, nobody can tell which Python would see.
 */
function createResolver(packages: readonly Installed[]): (site: string, name: string) => string | undefined {
  const bySite = new Map<string, string>();
  const anywhere = new Map<string, string | undefined>();
  for (const { path, site, pkg } of packages) {
    const name = normalizedPythonName(pkg.name);
    bySite.set(`${site}\0${name}`, path);
    anywhere.set(name, anywhere.has(name) ? undefined : path);
  }
  return (site, name) => bySite.get(`${site}\0${name}`) ?? anywhere.get(name);
}

function stated(
  { place, pkg }: Installed,
  neighbours: Neighbours,
): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  return {
    ...{ type: 'pypi', class: 'language', name: pkg.name, version: pkg.version },
    licenses: pkg.licenses ?? [],
    ...{ supplier: pkg.author, description: pkg.summary, homepage: pkg.homepage },
    details: details(neighbours.installers.get(place), neighbours.directUrls.get(place)),
  };
}

function details(installer: string | undefined, from: PythonDirectUrl | undefined): JsonObject {
  return withoutUndefined({ installer, directUrl: from?.url, commit: from?.commit, editable: from?.editable });
}

function* versionKeys(facts: PythonFacts): Iterable<string> {
  if (facts.kind === 'metadata') yield versionKey(facts.pkg);
}

function versionKey({ name, version }: PythonPackage): string {
  return `${normalizedPythonName(name)}@${version}`;
}
