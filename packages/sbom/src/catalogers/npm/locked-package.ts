import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { splitNpmName } from './package-name.ts';
import { parseIntegrity } from './parse-integrity.ts';

/** A package as a lock file of npm, Yarn, pnpm or Bun has it. Plain JSON. */
export interface LockedNpmPackage {
  /** What the lock file calls this entry; dependencies name it. */
  readonly key: string;
  /** With the scope: `@scope/name`. */
  readonly name: string;
  readonly version: string;
  /** Where it comes from, without credentials. */
  readonly resolved?: string;
  /** Subresource Integrity of its tarball. */
  readonly integrity?: string;
  /** Needed for development alone. */
  readonly dev?: true;
  /** Optional: the installation goes on where it cannot be had. */
  readonly optional?: true;
  /** Came inside the tarball of another package. */
  readonly bundled?: true;
  /** Keys of the entries it needs, sorted. */
  readonly dependsOn?: readonly string[];
}

/** The outcome of reading a lock file; `truncated` says that it has more packages than are taken. */
export type NpmLock =
  | { readonly kind: 'packages'; readonly packages: readonly LockedNpmPackage[]; readonly truncated: boolean }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Packages that are taken of one lock file; the largest real ones have a tenth. */
export const maxLockedPackages = 50_000;
/** Dependencies that are followed in one lock file. */
export const maxLockedDependencies = 500_000;

const maxAddressLength = 2_048;
/** Characters of the name of a tarball. */
const maxFileLength = 256;

/** A locked package in the form that every cataloger emits. */
export function lockedNpmPackage(pkg: LockedNpmPackage): StatedPackage {
  const { key, name, version, integrity, dependsOn } = pkg;
  const hashes = integrity === undefined ? [] : parseIntegrity(integrity);
  return {
    ...{ type: 'npm', class: 'language', scope: 'declared', key, ...splitNpmName(name), version },
    ...(hashes.length > 0 && { hashes }),
    ...(dependsOn !== undefined && { dependsOn }),
    details: lockDetails(pkg),
  };
}

/** What a lock file adds to the details of a package. */
export function lockDetails({ resolved, dev, optional, bundled }: Omit<LockedNpmPackage, 'key' | 'name' | 'version'>): {
  readonly [key: string]: string | true;
} {
  return withoutUndefined({ resolved, dev, optional, bundled }) as Record<string, string | true>;
}

/** An address fit to be shown: cut to a bearable length, without credentials and query. */
export function lockedAddress(address: unknown): string | undefined {
  if (typeof address !== 'string' || address === '' || address.length > maxAddressLength) return undefined;
  return withoutCredentials(address.toWellFormed()).replace(/\?[^#]*/, '');
}

/**
 * The version of a package that comes from no registry, from its address: the commit behind the `#`, or the version in
 * the name of a tarball. Where the address says neither, it is itself all there is to tell two apart.
 */
export function versionOfAddress(address: string): string {
  const clean = lockedAddress(address) ?? '';
  const hash = clean.lastIndexOf('#');
  const commit = hash < 0 ? undefined : /^(?:.*[=:])?([0-9a-f]{7,64})$/.exec(clean.slice(hash + 1))?.[1];
  if (commit !== undefined) return commit;
  const path = hash < 0 ? clean : clean.slice(0, hash);
  const file = path.slice(path.lastIndexOf('/') + 1);
  return (file.length <= maxFileLength ? /-(\d.*)\.(?:tgz|tar\.gz)$/.exec(file)?.[1] : undefined) ?? clean;
}
