/** The parts of a package URL, none of them encoded. */
export interface PurlParts {
  /** Lower case. */
  readonly type: string;
  /** Segments separated by `/`. */
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  /** Keys in lower case. Empty and absent values are the same. */
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
  /** A place within the package: segments separated by `/`. Empty ones, `.` and `..` are left out. */
  readonly subpath?: string | undefined;
}

/**
 * Writes a package URL in its canonical form (purl-spec, "How to build"): qualifiers sorted by key, and everything
 * percent-encoded but letters, digits, `-`, `.`, `_`, `~` and the colon. It judges nothing and folds nothing (see
 * `foldPurl`): whatever a package is called gives a purl that any parser reads back.
 */
export function canonicalPurl({ type, namespace, name, version, qualifiers = {}, subpath }: PurlParts): string {
  const path = [...segmentsOf(namespace), name].map(encode).join('/');
  const query = Object.keys(qualifiers)
    .sort()
    .flatMap((key) => (qualifiers[key] ? `${key}=${encode(qualifiers[key])}` : []))
    .join('&');
  const within = segmentsOf(subpath).filter((segment) => segment !== '.' && segment !== '..');
  const tail = `${query && `?${query}`}${within.length > 0 ? `#${within.map(encode).join('/')}` : ''}`;
  return `pkg:${type}/${path}${version ? `@${encode(version)}` : ''}${tail}`;
}

function segmentsOf(path = ''): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Half a surrogate pair has no UTF-8 form and becomes U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}
