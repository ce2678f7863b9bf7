import type { PackageHash } from '../../model/package.ts';
import { plainJson } from '../bun/plain-json.ts';
import { maxLockedDependencies, maxLockedPackages } from '../npm/locked-package.ts';
import { isNpmVersion, splitNpmLocator } from '../npm/package-name.ts';
import { parseIntegrity } from '../npm/parse-integrity.ts';
import { type Fields, isFields } from '../text/json-fields.ts';

/** A package of a Deno lock file. */
export interface DenoPackage {
  readonly registry: 'npm' | 'jsr';
  /** `npm:name@version` or `jsr:@scope/name@version`, without the peers it was resolved with. */
  readonly key: string;
  /** With the scope: `@scope/name`. */
  readonly name: string;
  readonly version: string;
  readonly hash?: PackageHash;
  /** Keys of the packages it needs, sorted. */
  readonly dependsOn?: readonly string[];
}

/** The outcome of reading a lock file. */
export type DenoLock =
  | { readonly kind: 'packages'; readonly packages: readonly DenoPackage[]; readonly truncated: boolean }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Packages by what is asked for: `jsr:@std/path@1` to its key. */
type Specifiers = ReadonlyMap<string, string>;

/**
 * Reads a `deno.lock` of version 2 to 5: packages of npm and of JSR. Modules imported by address are no packages and are
 * left out. Never throws.
 */
export function parseDenoLock(text: string): DenoLock {
  let lock: unknown;
  try {
    lock = JSON.parse(plainJson(text));
  } catch (error) {
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (!isFields(lock) || typeof lock.version !== 'string') {
    return { kind: 'malformed', reason: 'no lock file of Deno' };
  }
  // Version 2 has `npm.packages`, version 3 `packages.npm` and `packages.jsr`, version 4 and newer `npm` and `jsr`.
  const groups = isFields(lock.packages) ? lock.packages : lock;
  const npm = isFields(groups.npm) && isFields(groups.npm.packages) ? groups.npm.packages : groups.npm;
  const stated = [...entriesOf('npm', npm), ...entriesOf('jsr', groups.jsr)];
  const specifiers = readSpecifiers(groups.specifiers);
  const keys = new Set(stated.map(({ key }) => key));
  const byName = onlyVersions(stated);
  const need = (text: string, registry: string): string[] => {
    const key = /^(?:npm|jsr):/.test(text) ? text : `${registry}:${text}`;
    const found = [specifiers.get(key), plainKey(key), byName.get(key)].find((other) => keys.has(other ?? ''));
    return found === undefined ? [] : [found];
  };
  let followed = 0;
  const packages = stated.slice(0, maxLockedPackages).map(({ needs, ...pkg }): DenoPackage => {
    followed += needs.length;
    const found = followed > maxLockedDependencies ? [] : needs.flatMap((name) => need(name, pkg.registry));
    const dependsOn = Array.from(new Set(found)).filter((key) => key !== pkg.key);
    return dependsOn.length === 0 ? pkg : { ...pkg, dependsOn: dependsOn.sort() };
  });
  return { kind: 'packages', packages, truncated: stated.length > maxLockedPackages };
}

function entriesOf(
  registry: DenoPackage['registry'],
  group: unknown,
): (Omit<DenoPackage, 'dependsOn'> & { readonly needs: readonly string[] })[] {
  return Object.entries(isFields(group) ? group : {}).flatMap(([written, fields]) => {
    const key = plainKey(`${registry}:${written}`);
    const locator = splitNpmLocator(key.slice(registry.length + 1));
    if (locator === undefined || !isNpmVersion(locator.rest) || !isFields(fields)) return [];
    const hash = hashOf(fields.integrity);
    return { registry, key, name: locator.name, version: locator.rest, ...(hash && { hash }), needs: needsOf(fields) };
  });
}

/** npm packages have Subresource Integrity, those of JSR the SHA-256 of their manifest in hexadecimal. */
function hashOf(integrity: unknown): PackageHash | undefined {
  if (typeof integrity !== 'string') return undefined;
  if (/^[0-9a-f]{64}$/.test(integrity)) return { algorithm: 'SHA-256', content: integrity };
  return parseIntegrity(integrity)[0];
}

/** Lists, or objects from the name asked for to a key. */
function needsOf({ dependencies, optionalDependencies }: Fields): string[] {
  return [dependencies, optionalDependencies].flatMap((group) => {
    const values = isFields(group) ? Object.values(group) : group;
    return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
  });
}

function readSpecifiers(specifiers: unknown): Specifiers {
  const found = new Map<string, string>();
  for (const [asked, answer] of Object.entries(isFields(specifiers) ? specifiers : {})) {
    const registry = asked.slice(0, asked.indexOf(':'));
    const name = splitNpmLocator(asked.slice(registry.length + 1))?.name ?? asked.slice(registry.length + 1);
    if (typeof answer !== 'string') continue;
    // A whole key in version 3, a version alone in version 4.
    found.set(asked, plainKey(/^(?:npm|jsr):/.test(answer) ? answer : `${registry}:${name}@${answer}`));
  }
  return found;
}

/** Without peers: `npm:a@1.0.0_b@2.0.0` is `npm:a@1.0.0`. */
function plainKey(key: string): string {
  const version = key.indexOf('@', key.indexOf(':') + 2);
  const peers = version < 0 ? -1 : key.indexOf('_', version);
  return peers < 0 ? key : key.slice(0, peers);
}

/** A dependency of which there is one version is stated by its name alone. */
function onlyVersions(stated: readonly Pick<DenoPackage, 'registry' | 'name' | 'key'>[]): ReadonlyMap<string, string> {
  const only = new Map<string, string>();
  for (const { registry, name, key } of stated) {
    const known = only.get(`${registry}:${name}`);
    only.set(`${registry}:${name}`, known === undefined || known === key ? key : '');
  }
  return only;
}
