import type { FileView } from '../catalog/file-view.ts';
import type { FileRecord } from '../model/file-records.ts';
import type { Package, PackageClass } from '../model/package.ts';
import { PathHashTable } from './path-hash-table.ts';

/** A package and the hashes of the paths that its file list names. */
export interface Owner {
  readonly id: string;
  readonly class: PackageClass;
  readonly pathHashes: BigUint64Array;
}

/**
 * Marks what a package's file list names: packages by the file that proves them, and hashed files. All stay in the
 * inventory; hiding one is the reader's choice. What belongs to the operating system is owned by nobody, and where both
 * an OS package and another name a file (the note in a program says which package it came with), it is the OS package's.
 */
export function markOwned(
  packages: readonly Package[],
  files: readonly FileRecord[],
  owners: readonly Owner[],
  view: FileView,
): { packages: readonly Package[]; files: FileRecord[] } {
  if (owners.length === 0) return { packages, files: [...files] };
  const ownable = packages.filter((pkg) => pkg.class !== 'os');
  const paths = [
    ...ownable.flatMap(({ occurrences }) => occurrences.map(({ path }) => fileOf(path))),
    ...files.map(({ path }) => path),
  ];
  const ownerOf = findOwners(paths, owners, view);
  const mark = <T extends { readonly path: string }>(item: T, itself?: string): T => {
    const ownedBy = ownerOf.get(fileOf(item.path));
    return ownedBy === undefined || ownedBy === itself ? item : { ...item, ownedBy };
  };
  const markPackage = (pkg: Package): Package =>
    pkg.class !== 'os' && pkg.occurrences.some(({ path }) => ownerOf.has(fileOf(path)))
      ? { ...pkg, occurrences: pkg.occurrences.map((occurrence) => mark(occurrence, pkg.id)) }
      : pkg;
  return { packages: packages.map(markPackage), files: files.map((file) => mark(file)) };
}

/** The file of the image: what lies in an archive has the archive's path, `!/`, and its own. */
function fileOf(path: string): string {
  const end = path.indexOf('!/');
  return end < 0 ? path : path.slice(0, end);
}

function findOwners(paths: readonly string[], owners: readonly Owner[], view: FileView): ReadonlyMap<string, string> {
  const aliases = directoryAliases(view);
  const table = new PathHashTable();
  for (const path of new Set(paths)) {
    table.add(path);
    for (const { from, to } of aliases) if (path.startsWith(to)) table.add(path, from + path.slice(to.length));
  }
  const ownerOf = new Map<string, string>();
  // The last one counts.
  const isSystem = (owner: Owner): boolean => owner.class === 'os';
  for (const { id, pathHashes } of [...owners.filter((owner) => !isSystem(owner)), ...owners.filter(isSystem)]) {
    table.lookUp(pathHashes, (path) => ownerOf.set(path, id));
  }
  return ownerOf;
}

/** Links in the root, such as `lib` to `usr/lib`: file lists may name a file by the way through them. */
function directoryAliases(view: FileView): { from: string; to: string }[] {
  const aliases: { from: string; to: string }[] = [];
  for (const { path, kind } of view.links()) {
    if (kind !== 'symlink' || path.includes('/')) continue;
    const target = view.resolve(path);
    if (target?.directory) aliases.push({ from: `${path}/`, to: `${target.path}/` });
  }
  return aliases;
}
