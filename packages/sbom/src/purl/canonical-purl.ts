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
}

/**
 * Writes a package URL in its canonical form (purl-spec, "How to build"): qualifiers sorted by key, and everything
 * percent-encoded but letters, digits, `-`, `.`, `_`, `~` and the colon. It judges nothing: whatever a package is
 * called gives a purl that any parser reads back.
 */
export function canonicalPurl({ type, namespace, name, version, qualifiers = {} }: PurlParts): string {
  const path = [...(namespace ?? '').split('/').filter((segment) => segment !== ''), name].map(encode);
  const query = Object.keys(qualifiers)
    .sort()
    .flatMap((key) => (qualifiers[key] ? `${key}=${encode(qualifiers[key])}` : []));
  return `pkg:${type}/${path.join('/')}${version ? `@${encode(version)}` : ''}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** Half a surrogate pair has no UTF-8 form and becomes U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}
