import type { PurlParts } from './canonical-purl.ts';
import { foldPurl, isPurlType, isQualifierKey, purlFault } from './purl-types.ts';

/** A package URL that was read: parts decoded, in the spelling of the canonical form. */
export interface ParsedPurl extends PurlParts {
  readonly qualifiers: Readonly<Record<string, string>>;
}

/** How to read a package URL. */
export interface ParsePurlOptions {
  /**
   * Takes what tools write although purl-spec rules it out: keys of qualifiers in upper case, qualifiers without a value,
   * what is wrongly encoded, as it stands, and what breaks a rule of the type, such as `pkg:golang/stdlib@1.22.1`, which has no namespace. Default false.
   */
  readonly lenient?: boolean;
}

/** Longer ones are not read. */
const maxLength = 4_096;

/**
 * Reads a package URL (purl-spec 1.0, "How to parse", and the rules of types/TYPE-definition.json).
 *
 * @returns undefined where the text breaks the specification. Never throws.
 *
 * @example
 * `pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64` has type `deb`, namespace `debian`, name `attr`, version
 * `1:2.4.47-2+b1` and the qualifier `arch`.
 */
export function parsePurl(text: string, { lenient = false }: ParsePurlOptions = {}): ParsedPurl | undefined {
  if (text.length > maxLength || !/^pkg:/i.test(text)) return undefined;
  const [beforeSubpath, encodedSubpath] = cut(text, text.lastIndexOf('#'));
  const [beforeQuery, query] = cut(beforeSubpath, beforeSubpath.lastIndexOf('?'));
  const path = beforeQuery.slice('pkg:'.length).replace(/^\/+|\/+$/g, '');
  const slash = path.indexOf('/');
  const type = path.slice(0, Math.max(slash, 0)).toLowerCase();
  if (!isPurlType(type)) return undefined;
  const rest = path.slice(slash + 1);
  const [names, encodedVersion] = cut(rest, versionMark(rest));
  const segments = decodedSegments(names, lenient);
  const qualifiers = parseQualifiers(query, lenient);
  const subpath = decodedSegments(encodedSubpath, lenient)?.filter((segment) => segment !== '.' && segment !== '..');
  const version = decoded(encodedVersion, lenient);
  const name = names.endsWith('/') ? undefined : segments?.pop();
  if (!segments || name === undefined || !qualifiers || !subpath || version === undefined) return undefined;
  const purl = foldPurl<ParsedPurl>({
    type,
    ...(segments.length > 0 && { namespace: segments.join('/') }),
    name,
    ...(version !== '' && { version }),
    qualifiers,
    ...(subpath.length > 0 && { subpath: subpath.join('/') }),
  });
  return !lenient && purlFault(purl) !== undefined ? undefined : purl;
}

function cut(text: string, at: number): [before: string, after: string] {
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Where the version begins. An npm scope may have its `@` in clear: that begins a segment and others follow. */
function versionMark(path: string): number {
  const at = path.lastIndexOf('@');
  const beginsSegment = at === 0 || path[at - 1] === '/';
  return beginsSegment && path.includes('/', at) ? -1 : at;
}

/** @returns undefined where a part is not encoded as it should be, or hides a slash */
function decodedSegments(path: string, lenient: boolean): string[] | undefined {
  const segments: string[] = [];
  for (const part of path.split('/')) {
    const segment = decoded(part, lenient);
    if (segment === undefined || segment.includes('/')) return undefined;
    if (segment !== '') segments.push(segment);
  }
  return segments;
}

function parseQualifiers(query: string, lenient: boolean): Record<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const pair of query === '' ? [] : query.split('&')) {
    const [stated, encoded] = cut(pair, pair.indexOf('='));
    const key = lenient ? stated.toLowerCase() : stated;
    const value = decoded(encoded, lenient);
    if (value === undefined || (!lenient && !pair.includes('='))) return undefined;
    // What is stated twice says two things.
    if (!isQualifierKey(key) || pairs.has(key)) return undefined;
    if (value !== '') pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
}

function decoded(text: string, lenient: boolean): string | undefined {
  try {
    return decodeURIComponent(text).toWellFormed();
  } catch {
    // A percent sign without two digits after it, or bytes that are no UTF-8.
    return lenient ? text.toWellFormed() : undefined;
  }
}
