import {
  type LockedNpmPackage,
  lockedAddress,
  maxLockedDependencies,
  maxLockedPackages,
  type NpmLock,
} from '../npm/locked-package.ts';
import { isNpmName, isNpmVersion, splitNpmLocator } from '../npm/package-name.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { dependencyPnpmKey, plainPnpmKey } from './split-key.ts';

/** What the lock file says of one package, in all places together. */
interface Entry {
  readonly fields: Map<string, string>;
  readonly needs: Set<string>;
}

const sections: ReadonlySet<string> = new Set(['packages', 'snapshots']);
const needSections: ReadonlySet<string> = new Set(['dependencies', 'optionalDependencies']);

/**
 * Reads `pnpm-lock.yaml` and `node_modules/.pnpm/lock.yaml`, lockfile versions 5, 6 and 9. pnpm writes YAML of one form:
 * a key on each line, two blanks for each level, and inner objects in braces; so it is read by lines. One package
 * resolved with several sets of peers is one entry. Directories are left out. Never throws.
 */
export function parsePnpmLock(text: string): NpmLock {
  const reader = new LockReader();
  splitLines(text, (line) => reader.line(line));
  if (!reader.hasVersion) return { kind: 'malformed', reason: 'no lock file of pnpm' };
  const { entries } = reader;
  const packages = Array.from(entries).flatMap(([key, entry]) => lockedPackage(key, entry, entries) ?? []);
  return { kind: 'packages', packages: packages.slice(0, maxLockedPackages), truncated: reader.truncated };
}

/** Takes a lock file line by line. */
class LockReader {
  readonly entries: Map<string, Entry> = new Map();
  hasVersion = false;
  truncated = false;
  #section = '';
  #entry: Entry | undefined;
  #field = '';
  #needs = 0;

  line(line: string): boolean {
    const text = line.trimStart();
    if (text === '' || text.startsWith('#')) return true;
    const indent = line.length - text.length;
    const [key, value] = keyAndValue(text);
    if (indent === 0) this.#startSection(key);
    else if (!sections.has(this.#section)) return true;
    else if (indent === 2) this.#startEntry(key);
    else if (indent === 4) this.#takeField(key, value);
    else if (indent === 6) this.#takeInner(key, value);
    return !this.truncated;
  }

  #startSection(key: string): void {
    this.hasVersion ||= key === 'lockfileVersion';
    this.#section = key;
    this.#entry = undefined;
  }

  #startEntry(written: string): void {
    const key = plainPnpmKey(written);
    const known = this.entries.get(key);
    this.truncated = known === undefined && this.entries.size >= maxLockedPackages;
    this.#entry = known ?? { fields: new Map(), needs: new Set() };
    if (!this.truncated) this.entries.set(key, this.#entry);
    this.#field = '';
  }

  #takeField(key: string, value: string): void {
    this.#field = key;
    if (value === '') return;
    if (key !== 'resolution') this.#entry?.fields.set(key, value);
    for (const [, name = '', inner = ''] of key === 'resolution' ? value.matchAll(innerField) : []) {
      this.#entry?.fields.set(name, unquoted(inner));
    }
  }

  #takeInner(key: string, value: string): void {
    if (this.#field === 'resolution') this.#entry?.fields.set(key, value);
    if (!needSections.has(this.#field) || this.#needs >= maxLockedDependencies) return;
    this.#needs += 1;
    this.#entry?.needs.add(dependencyPnpmKey(key, value));
  }
}

/** What is of interest of `{integrity: sha512-…, tarball: https://…}`. */
const innerField = /\b(integrity|tarball|type|commit): ([^\s,}]+)/g;

/** `key: value`; either may be in single quotes. A key too long for YAML's limit begins with `? ` and ends its line. */
function keyAndValue(text: string): [key: string, value: string] {
  const start = text.startsWith('? ') ? text.slice(2) : text;
  const quoted = start.startsWith("'");
  const end = quoted ? start.indexOf("'", 1) : start.search(/:(?: |$)/);
  if (end < 0) return [start, ''];
  const key = quoted ? start.slice(1, end) : start.slice(0, end);
  const value = start.slice(end + 1).replace(/^:/, '');
  return [key, unquoted(value.trim())];
}

function unquoted(text: string): string {
  return /^'.*'$|^".*"$/.test(text) ? text.slice(1, -1) : text;
}

function lockedPackage(
  key: string,
  { fields, needs }: Entry,
  entries: ReadonlyMap<string, Entry>,
): LockedNpmPackage | undefined {
  const locator = splitNpmLocator(key);
  const name = fields.get('name') ?? locator?.name ?? '';
  const version = fields.get('version') ?? fields.get('commit') ?? locator?.rest ?? '';
  if (fields.get('type') === 'directory' || /^(?:file|link):/.test(version)) return undefined;
  if (!isNpmName(name) || !isNpmVersion(version)) return undefined;
  const dependsOn = Array.from(needs).filter((need) => need !== key && entries.has(need));
  return {
    ...{ key, name, version: /^https?:/.test(version) ? (lockedAddress(version) ?? '') : version },
    ...withoutUndefined({
      resolved: lockedAddress(fields.get('tarball')),
      integrity: fields.get('integrity'),
      dev: fields.get('dev') === 'true' ? (true as const) : undefined,
      optional: fields.get('optional') === 'true' ? (true as const) : undefined,
      dependsOn: dependsOn.length > 0 ? dependsOn.sort() : undefined,
    }),
  };
}
