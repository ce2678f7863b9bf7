import type { FileView } from '../catalog/file-view.ts';
import { hashOwnedPath } from '../catalogers/owned-path.ts';
import type { FileRecord } from '../model/file-records.ts';
import type { Package } from '../model/package.ts';

/** A package and the hashes of the paths that its file list names. */
export interface Owner {
  readonly id: string;
  readonly pathHashes: BigUint64Array;
}

/**
 * Marks what an OS package's file list names: language packages by the file that proves them, and hashed files. Both
 * stay in the inventory; hiding one is the reader's choice.
 */
export function markOwned(
  packages: readonly Package[],
  files: readonly FileRecord[],
  owners: readonly Owner[],
  view: FileView,
): { packages: readonly Package[]; files: FileRecord[] } {
  if (owners.length === 0) return { packages, files: [...files] };
  const paths = [
    ...packages.filter((pkg) => pkg.class !== 'os').flatMap(({ occurrences }) => occurrences.map(({ path }) => path)),
    ...files.map(({ path }) => path),
  ];
  const ownerOf = findOwners(paths, owners, view);
  const mark = <T extends { readonly path: string }>(item: T): T => {
    const ownedBy = ownerOf.get(item.path);
    return ownedBy === undefined ? item : { ...item, ownedBy };
  };
  return {
    packages: packages.map((pkg) => (pkg.class === 'os' ? pkg : { ...pkg, occurrences: pkg.occurrences.map(mark) })),
    files: files.map(mark),
  };
}

function findOwners(paths: readonly string[], owners: readonly Owner[], view: FileView): ReadonlyMap<string, string> {
  const aliases = directoryAliases(view);
  const wanted = new Map<bigint, string[]>();
  const want = (name: string, path: string) => {
    const key = hashOwnedPath(name);
    wanted.set(key, [...(wanted.get(key) ?? []), path]);
  };
  for (const path of new Set(paths)) {
    want(path, path);
    for (const { from, to } of aliases) if (path.startsWith(to)) want(from + path.slice(to.length), path);
  }
  const ownerOf = new Map<string, string>();
  for (const { id, pathHashes } of owners) {
    for (const key of pathHashes) for (const path of wanted.get(key) ?? []) ownerOf.set(path, id);
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
