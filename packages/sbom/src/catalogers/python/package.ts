import type { FileLocation, ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { firstLayers } from '../first-layers.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { PythonFacts } from './facts.ts';
import { pythonFile } from './metadata-files.ts';
import { pythonMetadataPackage } from './metadata-package.ts';
import { normalizedPythonName } from './normalized-name.ts';
import type { BundledComponent } from './parse-bundled-sbom.ts';
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
  readonly requested: Set<string>;
  readonly requires: Map<string, readonly string[]>;
  readonly sboms: Map<string, Sbom[]>;
}

/** A document of what is inside a package's binaries, and where it lies. */
interface Sbom extends FileLocation {
  readonly components: readonly BundledComponent[];
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
    // Metadata of eggs states no needs; a file beside it does.
    for (const name of pkg.requires ?? neighbours.requires.get(installed.place) ?? []) {
      const to = resolve(installed.site, name);
      if (to !== undefined && to !== path) yield { kind: 'depends-on', from: path, to };
    }
    for (const sbom of neighbours.sboms.get(installed.place) ?? []) yield* bundledFindings(path, sbom, view);
  }
}

/** What was copied into a package's binaries. The image's own distribution has no part in it. */
function* bundledFindings(owner: string, sbom: Sbom, view: ImageView<PythonFacts>): Iterable<Finding> {
  const { path, layer, components } = sbom;
  const introduced = firstLayers(view.history(path), versionKeys);
  for (const component of components) {
    const { qualifiers, ...fields } = component;
    const key = `${path}|${componentKey(component)}`;
    yield {
      ...{ kind: 'package', key, class: 'binary', ...fields },
      // An empty qualifier keeps the image's from being added.
      qualifiers: { distro: '', upstream: '', ...qualifiers },
      details: { bundledIn: owner },
      occurrence: { path, layer, introducedIn: introduced.get(componentKey(component)) ?? layer },
    };
    yield { kind: 'depends-on', from: owner, to: key };
  }
}

function componentKey({ type, namespace, name, version }: BundledComponent): string {
  return `${type}/${namespace ?? ''}/${name}@${version}`;
}

function gather(view: ImageView<PythonFacts>): { packages: Installed[]; neighbours: Neighbours } {
  const packages: Installed[] = [];
  const neighbours: Neighbours = {
    ...{ installers: new Map(), directUrls: new Map(), requested: new Set(), requires: new Map(), sboms: new Map() },
  };
  for (const { path, layer, facts } of view.all()) {
    const file = pythonFile(path);
    if (file === undefined) continue;
    if (facts.kind === 'metadata') packages.push({ path, layer, place: file.place, site: file.site, pkg: facts.pkg });
    else addNeighbour(neighbours, file.place, { path, layer }, facts);
  }
  return { packages, neighbours };
}

function addNeighbour(neighbours: Neighbours, place: string, location: FileLocation, facts: PythonFacts): void {
  switch (facts.kind) {
    case 'installer':
      neighbours.installers.set(place, facts.name);
      break;
    case 'direct-url':
      neighbours.directUrls.set(place, facts.from);
      break;
    case 'requested':
      neighbours.requested.add(place);
      break;
    case 'requires':
      neighbours.requires.set(place, facts.names);
      break;
    case 'sbom': {
      const sboms = neighbours.sboms.get(place) ?? [];
      sboms.push({ ...location, components: facts.components });
      neighbours.sboms.set(place, sboms);
      break;
    }
    default:
  }
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
  const { key: _, ...fields } = pythonMetadataPackage(pkg);
  return { ...fields, details: details(place, neighbours) };
}

function details(place: string, { installers, directUrls, requested }: Neighbours): JsonObject {
  const from = directUrls.get(place);
  return withoutUndefined({
    installer: installers.get(place),
    requested: requested.has(place) ? true : undefined,
    ...{ directUrl: from?.url, commit: from?.commit, editable: from?.editable },
  });
}

function* versionKeys(facts: PythonFacts): Iterable<string> {
  if (facts.kind === 'metadata') yield versionKey(facts.pkg);
  if (facts.kind === 'sbom') yield* facts.components.map(componentKey);
}

function versionKey({ name, version }: PythonPackage): string {
  return `${normalizedPythonName(name)}@${version}`;
}
