import { hash } from 'node:crypto';
import type { PackageFinding } from '../catalog/finding.ts';
import type { Distro } from '../model/distro.ts';
import { comparePaths } from '../model/order.ts';
import type { Occurrence, Package } from '../model/package.ts';
import { packagePurl } from '../purl/package-purl.ts';

/** A package finding with the cataloger that made it. */
export interface FoundPackage {
  readonly cataloger: string;
  readonly finding: PackageFinding;
}

/** The packages of an image and how catalogers' keys lead to them. */
export interface MergedPackages {
  /** Sorted by type, name, version, id. */
  readonly packages: readonly Package[];
  idOf(cataloger: string, key: string): string | undefined;
}

/**
 * Makes one package of all findings that mean the same one: same cataloger, scope and purl. Each place where it was
 * found stays as an occurrence; what the packages say beside that is taken from the first place.
 */
export function mergePackages(found: readonly FoundPackage[], distro: Distro | undefined): MergedPackages {
  const keys = new Map<string, Map<string, Group>>();
  const groups = new Map<string, Group>();
  for (const member of found) {
    const purl = packagePurl(member.finding, distro);
    const identity = identityOf(member, purl);
    let group = groups.get(identity);
    if (group === undefined) {
      group = { id: packageId(identity), purl, members: [] };
      groups.set(identity, group);
    }
    group.members.push(member);
    let ofCataloger = keys.get(member.cataloger);
    if (ofCataloger === undefined) {
      ofCataloger = new Map();
      keys.set(member.cataloger, ofCataloger);
    }
    ofCataloger.set(member.finding.key, group);
  }
  const packages = Array.from(groups.values(), mergeGroup);
  packages.sort(
    (a, b) =>
      comparePaths(a.type, b.type) ||
      comparePaths(a.namespace ?? '', b.namespace ?? '') ||
      comparePaths(a.name, b.name) ||
      comparePaths(a.version, b.version) ||
      comparePaths(a.id, b.id),
  );
  return { packages, idOf: (cataloger, key) => keys.get(cataloger)?.get(key)?.id };
}

interface Group {
  readonly id: string;
  readonly purl: string;
  readonly members: FoundPackage[];
}

function identityOf({ cataloger, finding }: FoundPackage, purl: string): string {
  const { scope = 'installed', type, name, version } = finding;
  return `${cataloger}\0${scope}\0${type}\0${name}\0${version}\0${purl}`;
}

function packageId(identity: string): string {
  return `pkg-${hash('sha256', identity, 'hex').slice(0, 20)}`;
}

type WritablePackage = { -readonly [K in keyof Package]: Package[K] };

/** The members in one order, so that packages read alike. Assigned one by one: an image may have tens of thousands. */
function mergeGroup({ id, purl, members }: Group): Package {
  if (members.length > 1) members.sort((a, b) => comparePaths(a.finding.occurrence.path, b.finding.occurrence.path));
  const [{ cataloger, finding }] = members as [FoundPackage, ...FoundPackage[]];
  const { type, class: packageClass, scope = 'installed', name, version, licenses = [], details = {} } = finding;
  const { namespace, architecture, source, supplier, description, homepage, hashes, cpes } = finding;
  const occurrences = uniqueOccurrences(members.map((member) => member.finding.occurrence));
  const pkg: WritablePackage = {
    id,
    type,
    class: packageClass,
    scope,
    name,
    version,
    licenses,
    purl,
    cataloger,
    occurrences,
    details,
  };
  if (namespace !== undefined) pkg.namespace = namespace;
  if (architecture !== undefined) pkg.architecture = architecture;
  if (source !== undefined) pkg.source = source;
  if (supplier !== undefined) pkg.supplier = supplier;
  if (description !== undefined) pkg.description = description;
  if (homepage !== undefined) pkg.homepage = homepage;
  if (hashes !== undefined) pkg.hashes = hashes;
  if (cpes !== undefined) pkg.cpes = cpes;
  return pkg;
}

function uniqueOccurrences(occurrences: readonly Occurrence[]): Occurrence[] {
  if (occurrences.length === 1) return [...occurrences];
  const byPath = new Map<string, Occurrence>();
  for (const occurrence of occurrences) if (!byPath.has(occurrence.path)) byPath.set(occurrence.path, occurrence);
  return Array.from(byPath.values());
}
