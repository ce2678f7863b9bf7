import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A package of Container-Optimized OS, which is built from ebuilds. */
export interface CosPackage {
  readonly name: string;
  readonly version: string;
  /** Such as `app-arch`. */
  readonly category?: string;
  /** Version of the ebuild, with its revision, where it is another one. */
  readonly ebuildVersion?: string;
}

/** What a `cos-package-info.json` says. */
export interface CosPackageInfo {
  /** What is in the image; what only built it is left out. */
  readonly packages: readonly CosPackage[];
  /** Entries without a usable name and version. */
  readonly unreadable: number;
}

/**
 * Reads a `cos-package-info.json`. Never throws.
 *
 * @returns undefined where it is no such document
 */
export function parseCosPackageInfo(text: string): CosPackageInfo | undefined {
  const installed = installedPackages(text);
  if (installed === undefined) return undefined;
  const packages = installed.flatMap((entry) => cosPackage(entry) ?? []);
  return { packages, unreadable: installed.length - packages.length };
}

function installedPackages(text: string): readonly unknown[] | undefined {
  try {
    const installed = (JSON.parse(text) as { installedPackages?: unknown } | null)?.installedPackages;
    return Array.isArray(installed) ? installed : undefined;
  } catch {
    // What is no JSON is no list of packages.
    return undefined;
  }
}

function cosPackage(entry: unknown): CosPackage | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { name, version, category, ebuild_version: ebuild } = entry as Readonly<Record<string, unknown>>;
  if (!isToken(name) || !isToken(version)) return undefined;
  const stated = {
    category: isToken(category) ? category : undefined,
    ebuildVersion: isToken(ebuild) && ebuild !== version ? ebuild : undefined,
  };
  return { name, version, ...withoutUndefined(stated) };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && isPlainToken(value);
}
