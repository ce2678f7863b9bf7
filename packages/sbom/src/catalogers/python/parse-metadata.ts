import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';
import { createStanzaParser, type FieldForm, fieldValue, type Stanza } from '../text/stanza-parser.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { evaluateMarker, type MarkerEnvironment } from './evaluate-marker.ts';
import { parseRequirement } from './parse-requirement.ts';

/** What the header of a `METADATA` or `PKG-INFO` file says (PyPA "Core metadata specifications"). */
export interface PythonPackage {
  /** As written. */
  readonly name: string;
  readonly version: string;
  /** Each an SPDX expression or free text: `License-Expression`, else `License`, else the licence classifiers. */
  readonly licenses?: readonly string[];
  /** Author, else maintainer, with name or address as far as stated. */
  readonly author?: string;
  readonly summary?: string;
  readonly homepage?: string;
  /**
   * Normalised names (PEP 503) from `Requires-Dist`, sorted. Needs of an extra are left out, and those whose condition is
   * known to be false; a condition that cannot be judged is taken for met, as what is installed shows.
   */
  readonly requires?: readonly string[];
}

/** The outcome of reading a metadata file. */
export type PythonMetadata =
  | { readonly kind: 'package'; readonly pkg: PythonPackage }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Takes a metadata file line by line. */
export interface PythonMetadataParser {
  /** @returns false when the header is over: what follows is a description for readers */
  line(text: string): boolean;
  /** What was read; call once, after the last line. */
  end(): PythonMetadata;
}

const fields: ReadonlyMap<string, FieldForm> = new Map<string, FieldForm>([
  ['name', 'line'],
  ['version', 'line'],
  // Its first line only: some paste the whole text of the licence here.
  ['license', 'line'],
  ['license-expression', 'folded'],
  ['classifier', 'line'],
  ['author', 'line'],
  ['author-email', 'line'],
  ['maintainer', 'line'],
  ['maintainer-email', 'line'],
  ['home-page', 'line'],
  ['project-url', 'line'],
  ['summary', 'line'],
  ['requires-dist', 'folded'],
]);

/**
 * Reads the text of a metadata file. Never throws.
 *
 * @param environment - What is known of the Python that uses the package.
 */
export function parsePythonMetadata(text: string, environment: MarkerEnvironment = {}): PythonMetadata {
  const parser = createPythonMetadataParser(environment);
  splitLines(text, (line) => parser.line(line));
  return parser.end();
}

/** {@link parsePythonMetadata} for a file that comes in pieces. */
export function createPythonMetadataParser(environment: MarkerEnvironment = {}): PythonMetadataParser {
  const stanzas = createStanzaParser(fields);
  let header: Stanza | undefined;
  return {
    line(text) {
      header ??= stanzas.line(text);
      return header === undefined;
    },
    end() {
      header ??= stanzas.end();
      return header === undefined
        ? { kind: 'malformed', reason: 'no metadata fields' }
        : pythonMetadata(header, environment);
    },
  };
}

function pythonMetadata(header: Stanza, environment: MarkerEnvironment): PythonMetadata {
  const [name = '', version = ''] = [fieldValue(header, 'name'), fieldValue(header, 'version')];
  if (!isPlainToken(name)) return { kind: 'malformed', reason: 'no usable Name field' };
  if (!isPlainToken(version)) return { kind: 'malformed', reason: 'no usable Version field' };
  const requires = requiredNames(header.get('requires-dist') ?? [], environment);
  const licenses = licenseTexts(header);
  const stated = {
    licenses: licenses.length > 0 ? licenses : undefined,
    author: person(header, 'author') ?? person(header, 'maintainer'),
    summary: known(fieldValue(header, 'summary')),
    homepage: homepage(header),
    requires: requires.length > 0 ? requires : undefined,
  };
  return { kind: 'package', pkg: { name, version, ...withoutUndefined(stated) } };
}

/** Old tools wrote `UNKNOWN` into fields that nobody had filled in. */
function known(value: string | undefined): string | undefined {
  return value === 'UNKNOWN' || value === '' ? undefined : value;
}

function licenseTexts(header: Stanza): string[] {
  const stated = known(fieldValue(header, 'license-expression')) ?? known(fieldValue(header, 'license'));
  if (stated !== undefined) return [stated];
  const classifiers = (header.get('classifier') ?? []).filter((entry) => /^License\s*::/.test(entry));
  const names = classifiers.map((entry) => entry.slice(entry.lastIndexOf('::') + 2).trim());
  return Array.from(new Set(names.filter((name) => name !== '' && name !== 'OSI Approved')));
}

function person(header: Stanza, role: 'author' | 'maintainer'): string | undefined {
  const name = known(fieldValue(header, role));
  const email = known(fieldValue(header, `${role}-email`));
  if (name === undefined || email === undefined) return name ?? email;
  return email.includes('<') ? email : `${name} <${email}>`;
}

function homepage(header: Stanza): string | undefined {
  const stated = known(fieldValue(header, 'home-page'));
  if (stated !== undefined) return withoutCredentials(stated);
  for (const entry of header.get('project-url') ?? []) {
    const comma = entry.indexOf(',');
    const label = entry
      .slice(0, Math.max(comma, 0))
      .toLowerCase()
      .replace(/[^a-z]/g, '');
    // The labels that PyPA's list of well-known ones treats as the home page.
    if (label === 'homepage') return withoutCredentials(entry.slice(comma + 1).trim());
  }
  return undefined;
}

function requiredNames(requirements: readonly string[], environment: MarkerEnvironment): string[] {
  const names = requirements.flatMap((text) => {
    const { normalized, marker } = parseRequirement(text) ?? {};
    const needed = marker === undefined || evaluateMarker(marker, environment) !== false;
    return normalized === undefined || !needed ? [] : normalized;
  });
  return Array.from(new Set(names)).sort();
}
