import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, PackageFinding } from '../../catalog/finding.ts';
import { spdxExpression } from '../../license/spdx-expression.ts';
import { spdxLicenseId } from '../../license/spdx-license-id.ts';
import type { JsonObject } from '../../model/json.ts';
import type { PackageHash } from '../../model/package.ts';
import { firstLayers } from '../first-layers.ts';
import { decodeOwnedPaths, OwnedPaths } from '../owned-path.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { dpkgFile } from './database-files.ts';
import type { DpkgFacts } from './facts.ts';
import { metNeeds } from './met-needs.ts';
import type { DpkgPackage } from './parse-status.ts';

/** A package with the name that findings know it by, and what the file that states it is called in `status.d`. */
interface DatabasePackage {
  readonly key: string;
  readonly pkg: DpkgPackage;
  readonly stem: string | undefined;
  readonly occurrence: PackageFinding['occurrence'];
}

/** One dpkg database as the image shows it. */
interface Database {
  /** Root of the system it describes, as a prefix of paths. */
  readonly root: string;
  readonly packages: DatabasePackage[];
  /** Encoded paths by the stem of the list's file name. */
  readonly lists: Map<string, string>;
  /** Hashes of archives by name, architecture and version. */
  readonly hashes: Map<string, readonly PackageHash[]>;
}

/** The packages of all dpkg databases in the image, the files they own, and what they need. */
export function* dpkgFindings(view: ImageView<DpkgFacts>): Iterable<Finding> {
  for (const database of databases(view).values()) {
    const autoInstalled = autoInstalledPackages(view, database.root);
    for (const entry of database.packages) yield packageFinding(entry, database, autoInstalled, view);
    yield* ownerships(database);
    yield* metNeeds(database.packages);
  }
}

function packageFinding(
  { key, pkg, occurrence }: DatabasePackage,
  { root, hashes }: Database,
  autoInstalled: ReadonlySet<string>,
  view: ImageView<DpkgFacts>,
): PackageFinding {
  const { name, version, architecture, source, maintainer, description, homepage } = pkg;
  const { licenses, original } = statedLicenses(view, root, name);
  const archiveHashes = hashes.get(versionKey(pkg));
  return {
    ...{ kind: 'package', key, type: 'deb', class: 'os', name, version, architecture, source, licenses },
    ...{ supplier: maintainer, description, homepage },
    ...(archiveHashes && { hashes: archiveHashes }),
    details: withoutUndefined({
      ...details(pkg),
      autoInstalled: autoInstalled.has(`${name}:${architecture ?? ''}`) ? true : undefined,
      statedLicenses: original,
    }),
    occurrence,
  };
}

function databases(view: ImageView<DpkgFacts>): Map<string, Database> {
  const found = new Map<string, Database>();
  for (const { path, layer, facts } of view.all()) {
    const place = dpkgFile(path);
    if (place === undefined || !('database' in place)) continue;
    const database: Database = found.get(place.database) ?? {
      ...{ root: place.root, packages: [], lists: new Map(), hashes: new Map() },
    };
    found.set(place.database, database);
    if (facts.kind === 'files' && 'stem' in place) database.lists.set(place.stem, facts.paths);
    if (facts.kind === 'available') {
      for (const archive of facts.archives) database.hashes.set(versionKey(archive), archive.hashes);
    }
    if (facts.kind !== 'status') continue;
    const stem = place.kind === 'status.d' ? place.stem : undefined;
    const introduced = firstLayers(view.history(path), versionKeys);
    for (const pkg of facts.packages) {
      const key = `${place.database}|${versionKey(pkg)}`;
      const introducedIn = introduced.get(versionKey(pkg)) ?? layer;
      database.packages.push({ key, pkg, stem, occurrence: { path, layer, introducedIn } });
    }
  }
  return found;
}

function* ownerships({ root, packages, lists }: Database): Iterable<Finding> {
  for (const { key, pkg, stem } of packages) {
    const listed = lists.get(stem ?? `${pkg.name}:${pkg.architecture}`) ?? lists.get(stem ?? pkg.name);
    if (listed !== undefined) yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(listed) };
    // Lists of digests leave configuration files out.
    const conffiles = new OwnedPaths();
    for (const { path } of pkg.conffiles ?? []) conffiles.add(root + path);
    if (conffiles.size > 0) {
      yield { kind: 'ownership', owner: key, pathHashes: decodeOwnedPaths(conffiles.encode()) };
    }
  }
}

/** `name:architecture`; what fits every architecture apt lists under the machine's own, here under `all` too. */
function autoInstalledPackages(view: ImageView<DpkgFacts>, root: string): ReadonlySet<string> {
  const facts = view.facts(`${root}var/lib/apt/extended_states`);
  if (facts?.kind !== 'auto-installed') return new Set();
  return new Set(facts.packages.flatMap((name) => [name, `${name.slice(0, name.indexOf(':'))}:all`]));
}

/** Licences as SPDX where that is certain; `original` only where something reads otherwise in the file. */
function statedLicenses(
  view: ImageView<DpkgFacts>,
  root: string,
  name: string,
): { licenses: string[]; original: readonly string[] | undefined } {
  // Through links too: packages of one source often share a directory.
  const facts = view.facts(`${root}usr/share/doc/${name}/copyright`);
  if (facts?.kind !== 'copyright') return { licenses: [], original: undefined };
  // A reference to the text of the GPL does not say whether later versions are allowed.
  const mapped = facts.licenses.map((text) =>
    facts.form === 'fields' ? spdxExpression(text) : /^[al]?gpl|^gfdl/i.test(text) ? undefined : spdxLicenseId(text),
  );
  const licenses = Array.from(new Set(mapped.map((license, index) => license ?? facts.licenses[index] ?? '')));
  const changed = facts.licenses.some((text) => !licenses.includes(text));
  return { licenses, original: changed ? facts.licenses : undefined };
}

function details({ section, priority, essential, multiArch, status, installedSize }: DpkgPackage): JsonObject {
  return { section, priority, essential, multiArch, status, installedSize };
}

function versionKey({ name, architecture, version }: Pick<DpkgPackage, 'name' | 'architecture' | 'version'>): string {
  return `${name}:${architecture ?? ''}@${version}`;
}

function* versionKeys(facts: DpkgFacts): Iterable<string> {
  if (facts.kind === 'status') for (const pkg of facts.packages) yield versionKey(pkg);
}
