import {
  type LockedNpmPackage,
  lockedAddress,
  maxLockedDependencies,
  maxLockedPackages,
  type NpmLock,
  versionOfAddress,
} from '../npm/locked-package.ts';
import { isNpmName, isNpmVersion, splitNpmLocator } from '../npm/package-name.ts';
import { isFields } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { plainJson } from './plain-json.ts';

/** A package before its dependencies are resolved. */
interface Entry {
  readonly pkg: LockedNpmPackage;
  readonly needs: readonly string[];
}

const maxDepth = 64;

/**
 * Reads a `bun.lock`, the text form that Bun has since 1.2. Keys are the names of packages, with those of the packages
 * they lie below in front: `a/b`. Workspaces, links and directories are left out. Never throws.
 */
export function parseBunLock(text: string): NpmLock {
  let lock: unknown;
  try {
    lock = JSON.parse(plainJson(text));
  } catch (error) {
    return {
      kind: 'malformed',
      reason: `not JSON with comments (${error instanceof Error ? error.name : 'unreadable'})`,
    };
  }
  if (!isFields(lock) || !('lockfileVersion' in lock)) return { kind: 'malformed', reason: 'no lock file of Bun' };
  const stated = Object.entries(isFields(lock.packages) ? lock.packages : {});
  const entries = new Map<string, Entry>();
  for (const [key, value] of stated.slice(0, maxLockedPackages)) {
    const entry = Array.isArray(value) ? parseEntry(key, value) : undefined;
    if (entry !== undefined) entries.set(key, entry);
  }
  return { kind: 'packages', packages: resolved(entries), truncated: stated.length > maxLockedPackages };
}

/**
 * `[name@version, registry, {dependencies…}, integrity]`; packages from elsewhere have an address for a version and no
 * registry.
 */
function parseEntry(key: string, parts: readonly unknown[]): Entry | undefined {
  const locator = typeof parts[0] === 'string' ? splitNpmLocator(parts[0]) : undefined;
  if (locator === undefined || /^(?:workspace|link|file|root):/.test(locator.rest)) return undefined;
  const isAddress = /[:/]/.test(locator.rest);
  const version = isAddress ? versionOfAddress(locator.rest) : locator.rest;
  if (!isNpmVersion(version)) return undefined;
  const info = parts.find(isFields);
  const needs = [info?.dependencies, info?.optionalDependencies, info?.peerDependencies].flatMap((group) =>
    isFields(group) ? Object.keys(group).filter(isNpmName) : [],
  );
  const address = isAddress ? locator.rest : parts[1];
  const integrity = parts.findLast((part) => typeof part === 'string' && /^sha\d+-/.test(part));
  const more = withoutUndefined({
    resolved: lockedAddress(typeof address === 'string' && address.includes(':') ? address : undefined),
    integrity: integrity as string | undefined,
  });
  return { pkg: { key, name: locator.name, version, ...more }, needs };
}

function resolved(entries: ReadonlyMap<string, Entry>): LockedNpmPackage[] {
  let followed = 0;
  return Array.from(entries.values(), ({ pkg, needs }) => {
    followed += needs.length;
    if (followed > maxLockedDependencies) return pkg;
    const places = placesFrom(pkg.key);
    const found = needs.flatMap((name) => {
      const place = places.find((directory) => entries.has(`${directory}${name}`));
      return place === undefined ? [] : `${place}${name}`;
    });
    const others = Array.from(new Set(found)).filter((key) => key !== pkg.key);
    return others.length === 0 ? pkg : { ...pkg, dependsOn: others.sort() };
  });
}

/** Where a package's needs may lie: below itself, below each package it lies below, and at the top. */
function placesFrom(key: string): string[] {
  const names = (key.match(/(?:@[^/]+\/)?[^/]+/g) ?? []).slice(0, maxDepth);
  return names.map((_, index) => `${names.slice(0, names.length - index).join('/')}/`).concat('');
}
