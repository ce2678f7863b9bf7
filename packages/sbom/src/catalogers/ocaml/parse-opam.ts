import type { PackageHash } from '../../model/package.ts';
import { sbomHash } from '../embedded-sbom/sbom-component.ts';
import { textOf, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** What an `opam` file says of its package. */
export interface OpamPackage {
  /** Absent where the name of the file, or of its directory, is the only one. */
  readonly name?: string;
  readonly version?: string;
  readonly licenses: readonly string[];
  readonly synopsis?: string;
  readonly maintainer?: string;
  readonly homepage?: string;
  /** Of its source archive. */
  readonly hashes: readonly PackageHash[];
  /** What a locked file pins: names with their one version. */
  readonly pinned: readonly { readonly name: string; readonly version: string }[];
}

/** Values of one field that are taken. */
const maxValues = 5_000;

/**
 * Reads an `opam` file (format 2): fields `name: value` at the beginning of a line, values in double quotes, one or a
 * list in brackets.
 *
 * @returns undefined where the text has no `opam-version`. Never throws.
 */
export function parseOpam(text: string): OpamPackage | undefined {
  const fields = topFields(text);
  if (!fields.has('opam-version')) return undefined;
  const first = (name: string): string | undefined => textOf(stringsIn(fields.get(name) ?? '')[0]);
  const stated = {
    ...{ name: token(first('name')), version: token(first('version')), synopsis: first('synopsis') },
    ...{ maintainer: first('maintainer'), homepage: token(first('homepage')) },
  };
  const sums = stringsIn(fields.get('url') ?? '').flatMap((value) => {
    const [algorithm, content] = value.split('=', 2);
    return sbomHash(algorithm, content);
  });
  const licenses = stringsIn(fields.get('license') ?? '').flatMap((license) => textOf(license) ?? []);
  return { ...withoutUndefined(stated), licenses, hashes: sums, pinned: pinnedIn(fields.get('depends') ?? '') };
}

/** The text of each field and section, by name; what is in brackets or braces belongs to the field that it begins in. */
function topFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  // A field begins a line; whatever follows up to the next one is its value.
  const parts = text.split(/^([a-z][a-z0-9-]*)(?=:| \{)/m);
  for (let index = 1; index + 1 < parts.length && fields.size < maxValues; index += 2) {
    const [name, value] = [parts[index] ?? '', parts[index + 1] ?? ''];
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}

function stringsIn(value: string): string[] {
  const strings: string[] = [];
  for (const [, content = ''] of value.matchAll(/"((?:[^"\\]|\\.)*)"/gs)) {
    strings.push(content.replace(/\\(["\\])/g, '$1'));
    if (strings.length >= maxValues) break;
  }
  return strings;
}

/** `"name" {= "version"}`. */
function pinnedIn(value: string): OpamPackage['pinned'] {
  const pinned: { name: string; version: string }[] = [];
  for (const [, name, version] of value.matchAll(/"([\w+-]+)"\s*\{\s*=\s*"([^"\s]+)"[^{}]*\}/g)) {
    if (token(name) !== undefined && token(version) !== undefined)
      pinned.push({ name: name ?? '', version: version ?? '' });
    if (pinned.length >= maxValues) break;
  }
  return pinned;
}
