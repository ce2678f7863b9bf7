import { hash } from 'node:crypto';
import type { PackageFinding } from '../catalog/finding.ts';
import { withoutUndefined } from '../catalogers/without-undefined.ts';
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
  const ids = new Map<string, string>();
  const groups = new Map<string, { purl: string; members: FoundPackage[] }>();
  for (const member of found) {
    const purl = packagePurl(member.finding, distro);
    const id = packageId(member, purl);
    ids.set(`${member.cataloger}\0${member.finding.key}`, id);
    const group = groups.get(id);
    if (group) group.members.push(member);
    else groups.set(id, { purl, members: [member] });
  }
  const packages = Array.from(groups, ([id, { purl, members }]) => mergeGroup(id, purl, members));
  packages.sort(
    (a, b) =>
      comparePaths(a.type, b.type) ||
      comparePaths(a.namespace ?? '', b.namespace ?? '') ||
      comparePaths(a.name, b.name) ||
      comparePaths(a.version, b.version) ||
      comparePaths(a.id, b.id),
  );
  return { packages, idOf: (cataloger, key) => ids.get(`${cataloger}\0${key}`) };
}

function packageId({ cataloger, finding }: FoundPackage, purl: string): string {
  const identity = [cataloger, finding.scope ?? 'installed', finding.type, finding.name, finding.version, purl];
  return `pkg-${hash('sha256', identity.join('\0'), 'hex').slice(0, 20)}`;
}

function mergeGroup(id: string, purl: string, members: FoundPackage[]): Package {
  members.sort((a, b) => comparePaths(a.finding.occurrence.path, b.finding.occurrence.path));
  const [{ cataloger, finding }] = members as [FoundPackage, ...FoundPackage[]];
  const { kind: _, key, qualifiers, occurrence, class: packageClass, ...stated } = finding;
  return {
    id,
    ...withoutUndefined(stated),
    type: finding.type,
    class: packageClass,
    scope: finding.scope ?? 'installed',
    name: finding.name,
    version: finding.version,
    licenses: finding.licenses ?? [],
    purl,
    cataloger,
    occurrences: uniqueOccurrences(members.map((member) => member.finding.occurrence)),
    details: finding.details ?? {},
  };
}

function uniqueOccurrences(occurrences: readonly Occurrence[]): Occurrence[] {
  const byPath = new Map<string, Occurrence>();
  for (const occurrence of occurrences) if (!byPath.has(occurrence.path)) byPath.set(occurrence.path, occurrence);
  return Array.from(byPath.values());
}
