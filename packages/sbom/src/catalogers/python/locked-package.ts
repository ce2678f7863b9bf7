import type { PackageHash } from '../../model/package.ts';
import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { normalizedPythonName } from './normalized-name.ts';

/** A package as a lock file or a list of pinned requirements has it. Plain JSON. */
export interface LockedPythonPackage {
  /** As written. */
  readonly name: string;
  readonly version: string;
  /** Hash of its file, where only one file is allowed. */
  readonly hash?: PackageHash;
  /** Needed for development alone. */
  readonly dev?: true;
  /** Needed for an extra alone. */
  readonly optional?: true;
  /** The commit, where it comes from version control. */
  readonly commit?: string;
  /** Normalised names of what it needs, sorted. */
  readonly needs?: readonly string[];
}

/** The outcome of reading a lock file; `truncated` says that it has more packages than are taken. */
export type PythonLock =
  | { readonly kind: 'packages'; readonly packages: readonly LockedPythonPackage[]; readonly truncated: boolean }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Packages that are taken of one file; the largest real ones have a tenth. */
export const maxLockedPackages = 20_000;

/**
 * Locked packages in the form that every cataloger emits. A need is followed where the file has one version of that
 * name; of several, the platform decides.
 */
export function declaredPythonPackages(packages: readonly LockedPythonPackage[]): StatedPackage[] {
  const only = new Map<string, string | undefined>();
  for (const pkg of packages) {
    const name = normalizedPythonName(pkg.name);
    const key = keyOf(pkg);
    only.set(name, !only.has(name) || only.get(name) === key ? key : undefined);
  }
  return packages.map((pkg) => {
    const { name, version, hash, dev, optional, commit, needs = [] } = pkg;
    const dependsOn = needs.flatMap((need) => only.get(need) ?? []).filter((key) => key !== keyOf(pkg));
    return {
      ...{ type: 'pypi', class: 'language', scope: 'declared', key: keyOf(pkg), name, version },
      ...(hash && { hashes: [hash] }),
      ...(dependsOn.length > 0 && { dependsOn }),
      details: withoutUndefined({ dev, optional, commit }),
    };
  });
}

/** The hash of a file as lock files write it, `sha256:HEX`, where there is only one. */
export function onlyHash(hashes: readonly unknown[]): PackageHash | undefined {
  const [only] = hashes;
  const content = typeof only === 'string' ? /^sha256[:=]([0-9a-f]{64})$/.exec(only)?.[1] : undefined;
  return hashes.length === 1 && content !== undefined ? { algorithm: 'SHA-256', content } : undefined;
}

function keyOf({ name, version }: LockedPythonPackage): string {
  return `${normalizedPythonName(name)}@${version}`;
}
