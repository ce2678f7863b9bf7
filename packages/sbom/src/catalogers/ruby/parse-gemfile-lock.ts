import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutCredentials } from '../text/without-credentials.ts';

/** A gem that Bundler locked. */
export interface LockedGem {
  readonly name: string;
  readonly version: string;
  /** `x86_64-linux`; absent for gems that run everywhere. */
  readonly platform?: string;
  /** `gem`: from a gem server. `git`, `path`: from a repository or directory. */
  readonly source: 'gem' | 'git' | 'path';
  /** Address or directory of the source, without credentials. */
  readonly remote?: string;
  /** The commit of a repository. */
  readonly revision?: string;
  /** SHA-256 of its archive, in lower-case hexadecimal. */
  readonly checksum?: string;
  /** Names of the gems it needs. */
  readonly requires: readonly string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const sources: ReadonlyMap<string, LockedGem['source']> = new Map([
  ['GEM', 'gem'],
  ['GIT', 'git'],
  ['PATH', 'path'],
  ['PLUGIN SOURCE', 'gem'],
]);

/**
 * Reads a `Gemfile.lock` of Bundler: sections of sources, each with the gems that came from there and below each gem
 * what it needs; last, in newer ones, checksums.
 *
 * @returns undefined where the text has no such section. Never throws.
 */
export function parseGemfileLock(text: string): LockedGem[] | undefined {
  const gems: (Mutable<LockedGem> & { requires: string[] })[] = [];
  const checksums = new Map<string, string>();
  let section: string | undefined;
  let place: { remote?: string; revision?: string } = {};
  let isLock = false;
  splitLines(text, (line) => {
    const [, indent = '', content = ''] = /^( *)(.*)$/.exec(line) ?? [];
    if (indent.length === 0) {
      section = content.trimEnd();
      place = {};
      isLock ||= sources.has(section);
      return undefined;
    }
    const source = sources.get(section ?? '');
    if (source !== undefined && indent.length === 2) place = { ...place, ...placeOf(content) };
    else if (source !== undefined && indent.length === 4) {
      const entry = entryOf(content);
      if (entry?.version !== undefined)
        gems.push({ ...versioned(entry.name, entry.version), source, ...place, requires: [] });
    } else if (source !== undefined && indent.length === 6) {
      const entry = entryOf(content);
      if (entry !== undefined) gems.at(-1)?.requires.push(entry.name);
    } else if (section === 'CHECKSUMS') {
      const [, gem, checksum] = /^(\S+ \([^)]+\)) .*?\bsha256=([0-9a-f]{64})\b/.exec(content) ?? [];
      if (gem !== undefined && checksum !== undefined) checksums.set(gem, checksum);
    }
    return undefined;
  });
  for (const gem of gems) {
    const { name, version, platform } = gem;
    const checksum = checksums.get(`${name} (${platform === undefined ? version : `${version}-${platform}`})`);
    if (checksum !== undefined) gem.checksum = checksum;
  }
  return isLock ? gems : undefined;
}

function placeOf(content: string): { remote?: string; revision?: string } {
  const [, name, value = ''] = /^(remote|revision): (\S{1,4096})\s*$/.exec(content) ?? [];
  if (name === 'remote') return { remote: withoutCredentials(value).toWellFormed() };
  return name === 'revision' ? { revision: value.toWellFormed() } : {};
}

/** `name (what)`, `name`, `name!`. */
function entryOf(content: string): { name: string; version?: string } | undefined {
  const [, name, version] = /^([^\s(!]+)!?(?: \(([^)]*)\))?!?\s*$/.exec(content) ?? [];
  if (name === undefined || !isPlainToken(name)) return undefined;
  return { name, ...(version !== undefined && isPlainToken(version) && { version }) };
}

/** Versions of gems have no dash, so that what follows one is the platform. */
function versioned(name: string, stated: string): { name: string; version: string; platform?: string } {
  const dash = stated.indexOf('-');
  if (dash <= 0 || dash === stated.length - 1) return { name, version: stated };
  return { name, version: stated.slice(0, dash), platform: stated.slice(dash + 1) };
}
