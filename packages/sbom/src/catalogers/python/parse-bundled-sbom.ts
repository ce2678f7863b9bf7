import { isPlainToken } from '../text/plain-token.ts';

/** A piece of software inside the binaries of a wheel, by its package URL. Plain JSON. */
export interface BundledComponent {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version: string;
  readonly qualifiers?: Readonly<Record<string, string>>;
}

/** The outcome of reading a document. */
export type BundledSbom =
  | { readonly kind: 'components'; readonly components: readonly BundledComponent[]; readonly truncated: boolean }
  | { readonly kind: 'malformed' | 'unsupported'; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

const maxComponents = 20_000;
const maxPurlLength = 4_096;

/**
 * Reads a document of a wheel's `sboms` directory (PEP 770), where tools that copy libraries into wheels write what they
 * copied: CycloneDX as JSON. Components without a package URL or a version are left out. Never throws.
 */
export function parseBundledSbom(text: string): BundledSbom {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (!isObject(document)) return { kind: 'malformed', reason: 'not a JSON object' };
  if (document.bomFormat !== 'CycloneDX') return { kind: 'unsupported', reason: 'not a CycloneDX document' };
  const listed = Array.isArray(document.components) ? document.components : [];
  const components = listed.slice(0, maxComponents).flatMap((entry: unknown) => {
    const purl = isObject(entry) ? entry.purl : undefined;
    return typeof purl === 'string' ? (parsePurl(purl) ?? []) : [];
  });
  return { kind: 'components', components, truncated: listed.length > maxComponents };
}

/** The parts of a package URL (purl-spec 1.0, "How to parse"); a subpath is passed over. */
function parsePurl(purl: string): BundledComponent | undefined {
  if (purl.length > maxPurlLength) return undefined;
  const [, type, path, query] = /^pkg:\/*([A-Za-z][A-Za-z0-9.+-]*)\/([^?#]+)(?:\?([^#]*))?/.exec(purl) ?? [];
  if (type === undefined || path === undefined) return undefined;
  const at = path.lastIndexOf('@');
  const segments = (at > 0 ? path.slice(0, at) : path).split('/').filter((segment) => segment !== '');
  const [name, version] = [decoded(segments.at(-1) ?? ''), decoded(at > 0 ? path.slice(at + 1) : '')];
  const namespace = segments.slice(0, -1).map(decoded).join('/');
  if (!isPlainToken(name) || !isPlainToken(version)) return undefined;
  const qualifiers = (query ?? '').split('&').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals <= 0 ? [] : [[pair.slice(0, equals).toLowerCase(), decoded(pair.slice(equals + 1))] as const];
  });
  return {
    type: type.toLowerCase(),
    ...(namespace !== '' && isPlainToken(namespace) && { namespace }),
    ...{ name, version },
    ...(qualifiers.length > 0 && { qualifiers: Object.fromEntries(qualifiers) }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: what is written is all there is.
    return text.toWellFormed();
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
