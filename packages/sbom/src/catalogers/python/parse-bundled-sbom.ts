import { parsePurl } from '../../purl/parse-purl.ts';
import { isFields } from '../text/json-fields.ts';
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

const maxComponents = 20_000;

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
  if (!isFields(document)) return { kind: 'malformed', reason: 'not a JSON object' };
  if (document.bomFormat !== 'CycloneDX') return { kind: 'unsupported', reason: 'not a CycloneDX document' };
  const listed = Array.isArray(document.components) ? document.components : [];
  const components = listed.slice(0, maxComponents).flatMap((entry: unknown) => {
    const purl = isFields(entry) ? entry.purl : undefined;
    return typeof purl === 'string' ? (componentOf(purl) ?? []) : [];
  });
  return { kind: 'components', components, truncated: listed.length > maxComponents };
}

/** The component that a package URL names; a subpath is passed over. */
function componentOf(text: string): BundledComponent | undefined {
  const purl = parsePurl(text, { lenient: true });
  if (purl?.version === undefined || !isPlainToken(purl.name) || !isPlainToken(purl.version)) return undefined;
  const { type, namespace, name, version, qualifiers } = purl;
  return {
    type,
    ...(namespace !== undefined && isPlainToken(namespace) && { namespace }),
    ...{ name, version },
    ...(Object.keys(qualifiers).length > 0 && { qualifiers }),
  };
}
