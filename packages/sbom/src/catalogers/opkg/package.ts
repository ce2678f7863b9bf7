import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { metNeeds } from '../dpkg/met-needs.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { cpeName } from './cpe-name.ts';
import { opkgFile } from './database-files.ts';
import type { OpkgFacts } from './facts.ts';
import type { OpkgPackage } from './parse-control.ts';

type Occurrence = PackageFinding['occurrence'];

/** One database. Packages by name: opkg installs one version of a package. */
interface Database {
  hasStatus: boolean;
  readonly packages: Map<string, { readonly pkg: OpkgPackage; readonly occurrence: Occurrence }>;
  /** What the packages say of themselves. */
  readonly controls: Map<string, { readonly pkg: OpkgPackage; readonly occurrence: Occurrence }>;
  /** Encoded paths by package name. */
  readonly lists: Map<string, string>;
}

/** The packages of the image's opkg databases, the files they own, and what they need. */
export function* opkgFindings(view: ImageView<OpkgFacts>): Iterable<Finding> {
  for (const [path, { hasStatus, packages, controls, lists }] of databases(view)) {
    // The status says what is installed; without one the packages that are there speak for themselves.
    const installed = Array.from((hasStatus ? packages : controls).values(), ({ pkg, occurrence }) => {
      const own = controls.get(pkg.name)?.pkg;
      const whole = own?.version === pkg.version ? { ...own, ...pkg } : pkg;
      return { key: `${path}|${pkg.name}`, pkg: whole, occurrence };
    });
    for (const { key, pkg, occurrence } of installed) {
      yield packageFinding(key, pkg, occurrence);
      const paths = lists.get(pkg.name);
      if (paths !== undefined) yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(paths) };
    }
    yield* metNeeds(installed);
  }
}

function databases(view: ImageView<OpkgFacts>): Map<string, Database> {
  const found = new Map<string, Database>();
  for (const { path, layer, facts } of view.all()) {
    const place = opkgFile(path);
    if (place === undefined) continue;
    const database: Database = found.get(place.database) ?? {
      ...{ hasStatus: false, packages: new Map(), controls: new Map(), lists: new Map() },
    };
    found.set(place.database, database);
    if (facts.kind === 'files') {
      if (place.kind === 'list') database.lists.set(place.name, facts.paths);
      continue;
    }
    if (place.kind === 'status') database.hasStatus = true;
    const introduced = firstLayers(view.history(path), versionKeys);
    for (const pkg of facts.packages) {
      const occurrence = { path, layer, introducedIn: introduced.get(versionKey(pkg)) ?? layer };
      (place.kind === 'status' ? database.packages : database.controls).set(pkg.name, { pkg, occurrence });
    }
  }
  return found;
}

function packageFinding(key: string, pkg: OpkgPackage, occurrence: Occurrence): PackageFinding {
  const { name, version, architecture, source, license, maintainer, description, homepage } = pkg;
  const { section, status, installedSize, autoInstalled } = pkg;
  const cpe = pkg.cpe === undefined ? undefined : cpeName(pkg.cpe, version);
  return {
    ...{ kind: 'package', key, type: 'opkg', class: 'os', name, version, architecture },
    ...(source !== undefined && source !== name && { source: { name: source } }),
    licenses: license === undefined ? [] : [license.replace(/\s*&\s*/g, ' AND ').replace(/\s*\|\s*/g, ' OR ')],
    ...{ supplier: maintainer, description, homepage },
    ...(cpe !== undefined && { cpes: [cpe] }),
    details: withoutUndefined({ section, status, installedSize, autoInstalled }),
    ...(architecture !== undefined && { qualifiers: { arch: architecture } }),
    occurrence,
  };
}

function versionKey({ name, architecture, version }: OpkgPackage): string {
  return `${name}:${architecture ?? ''}@${version}`;
}

function* versionKeys(facts: OpkgFacts): Iterable<string> {
  if (facts.kind === 'packages') for (const pkg of facts.packages) yield versionKey(pkg);
}
