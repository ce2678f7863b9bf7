import { type Fields, isFields } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';
import {
  type LockedNpmPackage,
  lockedAddress,
  maxLockedDependencies,
  maxLockedPackages,
  type NpmLock,
  versionOfAddress,
} from './locked-package.ts';
import { isNpmName, isNpmVersion, splitNpmLocator } from './package-name.ts';

/** A package before its dependencies are resolved. */
interface Entry {
  readonly pkg: LockedNpmPackage;
  readonly needs: readonly string[];
}

/** Nested `node_modules` directories that are followed. */
const maxDepth = 64;

/**
 * Reads `package-lock.json`, `npm-shrinkwrap.json` and npm's own record of what it installed,
 * `node_modules/.package-lock.json` (package-lock-json(5), lockfile versions 1 to 3). Keys are paths relative to the
 * project, such as `node_modules/a/node_modules/b`. The project itself, its workspaces and links to directories are left
 * out. Never throws.
 */
export function parsePackageLock(text: string): NpmLock {
  let lock: unknown;
  try {
    lock = JSON.parse(text.startsWith('\u{feff}') ? text.slice(1) : text);
  } catch (error) {
    // The engine's message quotes the text; its kind is enough.
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (!isFields(lock)) return { kind: 'malformed', reason: 'not a JSON object' };
  if (lock.packages === undefined && lock.dependencies === undefined && lock.lockfileVersion === undefined) {
    return { kind: 'malformed', reason: 'no lock file of npm' };
  }
  const entries = new Map<string, Entry>();
  if (isFields(lock.packages)) readPaths(lock.packages, entries);
  else if (isFields(lock.dependencies)) readTree(lock.dependencies, '', 0, entries);
  const truncated = entries.size > maxLockedPackages;
  const taken = truncated ? new Map(Array.from(entries).slice(0, maxLockedPackages)) : entries;
  return { kind: 'packages', packages: resolved(taken), truncated };
}

/** Versions 2 and 3: every package by its path. */
function readPaths(packages: Fields, entries: Map<string, Entry>): void {
  for (const [key, fields] of Object.entries(packages)) {
    if (entries.size > maxLockedPackages) return;
    const ofPath = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(key)?.[1];
    if (ofPath === undefined || !isFields(fields) || fields.link === true) continue;
    const name = typeof fields.name === 'string' ? fields.name : ofPath;
    const version = typeof fields.version === 'string' ? fields.version.trim() : '';
    if (!isNpmName(name) || !isNpmVersion(version)) continue;
    const needs = [fields.dependencies, fields.optionalDependencies, fields.peerDependencies].flatMap(namesOf);
    entries.set(key, { pkg: { key, name, version, ...flags(fields), ...origin(fields) }, needs });
  }
}

/** Version 1: a tree in which what is needed by one package alone lies below it. */
function readTree(dependencies: Fields, parent: string, depth: number, entries: Map<string, Entry>): void {
  for (const [alias, fields] of Object.entries(dependencies)) {
    if (entries.size > maxLockedPackages) return;
    if (!isFields(fields) || typeof fields.version !== 'string') continue;
    const key = `${parent}node_modules/${alias}`;
    const identity = statedIdentity(alias, fields.version.trim());
    if (identity !== undefined) {
      const address = identity.address === undefined ? {} : { resolved: identity.address };
      const pkg = {
        key,
        name: identity.name,
        version: identity.version,
        ...flags(fields),
        ...address,
        ...origin(fields),
      };
      entries.set(key, { pkg, needs: namesOf(fields.requires) });
    }
    if (depth < maxDepth && isFields(fields.dependencies)) {
      readTree(fields.dependencies, `${key}/`, depth + 1, entries);
    }
  }
}

/** What version 1 has as version: a version, `npm:name@version` for another name, or an address. */
function statedIdentity(
  alias: string,
  version: string,
): { readonly name: string; readonly version: string; readonly address?: string | undefined } | undefined {
  const other = version.startsWith('npm:') ? splitNpmLocator(version.slice(4)) : undefined;
  const identity = other === undefined ? { name: alias, version } : { name: other.name, version: other.rest };
  if (version.startsWith('file:') || !isNpmName(identity.name)) return undefined;
  const isAddress = other === undefined && /[:/]/.test(version);
  const named = isAddress
    ? { ...identity, version: versionOfAddress(version), address: lockedAddress(version) }
    : identity;
  return isNpmVersion(named.version) ? named : undefined;
}

function flags(fields: Fields): Pick<LockedNpmPackage, 'dev' | 'optional' | 'bundled'> {
  return withoutUndefined({
    dev: fields.dev === true ? (true as const) : undefined,
    // `devOptional` is both, each for another reason: left out with neither alone, and so not for development only.
    optional: fields.optional === true || fields.devOptional === true ? (true as const) : undefined,
    bundled: fields.inBundle === true || fields.bundled === true ? (true as const) : undefined,
  });
}

function origin({ resolved: address, integrity }: Fields): Pick<LockedNpmPackage, 'resolved' | 'integrity'> {
  return withoutUndefined({
    resolved: lockedAddress(address),
    integrity: typeof integrity === 'string' && integrity.length < 1_024 ? integrity.toWellFormed() : undefined,
  });
}

function namesOf(group: unknown): string[] {
  return isFields(group) ? Object.keys(group).filter(isNpmName) : [];
}

/** Follows what each package needs, as Node.js would look for it. */
function resolved(entries: ReadonlyMap<string, Entry>): LockedNpmPackage[] {
  let followed = 0;
  return Array.from(entries.values(), ({ pkg, needs }) => {
    const found = new Set<string>();
    for (const name of needs) {
      followed += 1;
      const key = followed > maxLockedDependencies ? undefined : find(entries, pkg.key, name);
      if (key !== undefined && key !== pkg.key) found.add(key);
    }
    return found.size === 0 ? pkg : { ...pkg, dependsOn: Array.from(found).sort() };
  });
}

function find(entries: ReadonlyMap<string, Entry>, from: string, name: string): string | undefined {
  let directory = from;
  for (let depth = 0; depth <= maxDepth; depth += 1) {
    const key = directory === '' ? `node_modules/${name}` : `${directory}/node_modules/${name}`;
    if (entries.has(key)) return key;
    if (directory === '') return undefined;
    const above = directory.lastIndexOf('/node_modules/');
    directory = above < 0 ? '' : directory.slice(0, above);
  }
  return undefined;
}
