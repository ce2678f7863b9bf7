import { entriesOf, field, isFields, parseJson, textOf, token } from '../text/json-fields.ts';
import { splitLines } from '../text/read-lines.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What a `.nimble` file says of its package. */
export interface NimbleFile {
  readonly version: string;
  readonly author?: string;
  readonly description?: string;
  readonly license?: string;
}

/**
 * Reads a `.nimble` file: a script, of which assignments of plain texts at the beginning of a line are read.
 *
 * @returns undefined where it states no version. Never throws.
 */
export function parseNimble(text: string): NimbleFile | undefined {
  const found: Record<string, string> = {};
  splitLines(text, (line) => {
    const [, name, value] =
      /^(version|author|description|license)\s*[=:]\s*"([^"]*)"/i.exec(line.slice(0, 2_048)) ?? [];
    if (name !== undefined && value !== undefined) found[name.toLowerCase()] ??= value;
    return true;
  });
  const version = token(found.version);
  if (version === undefined) return undefined;
  const { author, description, license } = found;
  const stated = { author: textOf(author), description: textOf(description), license: textOf(license) };
  return { version, ...withoutUndefined(stated) };
}

/** A package that a `nimble.lock` locks. */
export interface LockedNim {
  readonly name: string;
  readonly version: string;
  /** Commit of its repository. */
  readonly revision?: string;
  /** Its repository, without credentials. */
  readonly url?: string;
  readonly needs: readonly string[];
}

/** Reads a `nimble.lock`. @returns undefined where the text is none. Never throws. */
export function parseNimbleLock(text: string): LockedNim[] | undefined {
  const packages = field(parseJson(text), 'packages');
  if (!isFields(packages)) return undefined;
  return entriesOf(packages).flatMap(([key, entry]) => {
    const [name, version, url] = [token(key), token(field(entry, 'version')), token(field(entry, 'url'))];
    if (name === undefined || version === undefined) return [];
    const dependencies = field(entry, 'dependencies');
    const needs = Array.isArray(dependencies) ? dependencies.flatMap((other: unknown) => token(other) ?? []) : [];
    const stated = {
      revision: token(field(entry, 'vcsRevision')),
      url: url === undefined ? undefined : withoutCredentials(url),
    };
    return [{ name, version, needs, ...withoutUndefined(stated) }];
  });
}
