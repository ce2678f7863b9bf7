import { type Fields, isFields } from '../text/json-fields.ts';
import { isPlainToken } from '../text/plain-token.ts';

/** A component of the CycloneDX document that GraalVM embeds. */
export interface GraalComponent {
  /** Its `bom-ref`, or its place in the list. */
  readonly ref: string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly cpes: readonly string[];
  /** SPDX ids, expressions or names. */
  readonly licenses: readonly string[];
  readonly dependsOn: readonly string[];
  /** True for the program itself. */
  readonly root: boolean;
}

/** The outcome of reading the document. */
export type GraalBom =
  | { readonly kind: 'components'; readonly components: readonly GraalComponent[]; readonly truncated: boolean }
  | { readonly kind: 'malformed'; readonly reason: string };

const maxComponents = 20_000;
const maxListed = 1_000;
const maxTextLength = 2_048;

/** Reads the CycloneDX document of a native image (CycloneDX 1.4 and newer, JSON). Never throws. */
export function parseGraalBom(text: string): GraalBom {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { kind: 'malformed', reason: `not JSON (${error instanceof Error ? error.name : 'unreadable'})` };
  }
  if (!isFields(document) || document.bomFormat !== 'CycloneDX') {
    return { kind: 'malformed', reason: 'not a CycloneDX document' };
  }
  const needs = dependencies(document.dependencies);
  const listed = list(document.components, maxComponents);
  const main = isFields(document.metadata) ? document.metadata.component : undefined;
  const entries = main === undefined ? listed : [main, ...listed];
  const components = entries.flatMap((entry, index) => {
    const component = isFields(entry) ? parseComponent(entry, String(index), needs) : undefined;
    return component === undefined ? [] : [{ ...component, root: main !== undefined && index === 0 }];
  });
  const total = Array.isArray(document.components) ? document.components.length : 0;
  return { kind: 'components', components, truncated: total > maxComponents };
}

function parseComponent(
  entry: Fields,
  place: string,
  needs: ReadonlyMap<string, readonly string[]>,
): Omit<GraalComponent, 'root'> | undefined {
  const [name, version] = [text(entry.name), text(entry.version)];
  if (name === undefined || version === undefined || !isPlainToken(name) || !isPlainToken(version)) return undefined;
  const [group, purl] = [text(entry.group), text(entry.purl)];
  const ref = text(entry['bom-ref']) ?? place;
  return {
    ...{ ref, name, version },
    ...(group !== undefined && isPlainToken(group) && { group }),
    ...(purl !== undefined && { purl }),
    cpes: cpes(entry),
    licenses: list(entry.licenses, maxListed).flatMap(licenseText),
    dependsOn: needs.get(ref) ?? [],
  };
}

/** In `cpe`, and in properties that Syft made a custom. */
function cpes(entry: Fields): string[] {
  const properties = list(entry.properties, maxListed).flatMap((property) => {
    return isFields(property) && property.name === 'syft:cpe23' ? (text(property.value) ?? []) : [];
  });
  const all = [text(entry.cpe) ?? [], ...properties].flat();
  return [...new Set(all)].filter((cpe) => cpe.startsWith('cpe:2.3:'));
}

function licenseText(entry: unknown): string[] {
  if (!isFields(entry)) return [];
  const { expression, license } = entry;
  const named = isFields(license) ? (text(license.id) ?? text(license.name)) : undefined;
  return [text(expression) ?? named ?? []].flat();
}

function dependencies(entries: unknown): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, readonly string[]>();
  for (const entry of list(entries, maxComponents)) {
    const ref = isFields(entry) ? text(entry.ref) : undefined;
    if (ref === undefined || !isFields(entry)) continue;
    needs.set(
      ref,
      list(entry.dependsOn, maxListed).flatMap((other) => text(other) ?? []),
    );
  }
  return needs;
}

function list(value: unknown, max: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, max) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxTextLength ? value.toWellFormed() : undefined;
}
