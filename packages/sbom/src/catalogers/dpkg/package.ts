import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths } from '../owned-path.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { dpkgFile } from './database-files.ts';
import { dpkgDependencies } from './dependency.ts';
import type { DpkgFacts } from './facts.ts';
import type { KeyedDpkgPackage } from './keyed-package.ts';
import type { DpkgPackage } from './parse-status.ts';

/** One dpkg database as the image shows it. */
interface Database {
  readonly packages: (KeyedDpkgPackage & { readonly stem: string | undefined; readonly finding: PackageFinding })[];
  /** Encoded paths by the stem of the list's file name. */
  readonly lists: Map<string, string>;
}

/** The packages of all dpkg databases in the image, the files they own, and what they need. */
export function* dpkgFindings(view: ImageView<DpkgFacts>): Iterable<Finding> {
  for (const { packages, lists } of databases(view).values()) {
    for (const { key, pkg, stem, finding } of packages) {
      yield finding;
      const paths = lists.get(stem ?? `${pkg.name}:${pkg.architecture}`) ?? lists.get(stem ?? pkg.name);
      if (paths !== undefined) yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(paths) };
    }
    yield* dpkgDependencies(packages);
  }
}

function databases(view: ImageView<DpkgFacts>): Map<string, Database> {
  const found = new Map<string, Database>();
  for (const { path, layer, facts } of view.all()) {
    const place = dpkgFile(path);
    if (place === undefined) continue;
    const database: Database = found.get(place.database) ?? { packages: [], lists: new Map() };
    found.set(place.database, database);
    if (facts.kind === 'files') {
      if (place.kind !== 'status') database.lists.set(place.stem, facts.paths);
      continue;
    }
    const stem = place.kind === 'status.d' ? place.stem : undefined;
    const introduced = firstLayers(view.history(path), versionKeys);
    for (const pkg of facts.packages) {
      const key = `${place.database}|${versionKey(pkg)}`;
      const occurrence = { path, layer, introducedIn: introduced.get(versionKey(pkg)) ?? layer };
      database.packages.push({ key, pkg, stem, finding: { kind: 'package', key, ...stated(pkg), occurrence } });
    }
  }
  return found;
}

function stated(pkg: DpkgPackage): Omit<PackageFinding, 'kind' | 'key' | 'occurrence'> {
  const { name, version, architecture, source, maintainer, description, homepage } = pkg;
  return {
    ...{ type: 'deb', class: 'os', name, version, architecture },
    ...{ source, supplier: maintainer, description, homepage, details: details(pkg) },
  };
}

function details({ section, priority, essential, multiArch, status, installedSize }: DpkgPackage): JsonObject {
  return withoutUndefined({ section, priority, essential, multiArch, status, installedSize });
}

function versionKey({ name, architecture, version }: DpkgPackage): string {
  return `${name}:${architecture ?? ''}@${version}`;
}

function* versionKeys(facts: DpkgFacts): Iterable<string> {
  if (facts.kind === 'status') for (const pkg of facts.packages) yield versionKey(pkg);
}
