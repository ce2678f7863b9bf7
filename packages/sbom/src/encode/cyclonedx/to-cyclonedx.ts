import { createLicenseReader } from '../../license/stated-license.ts';
import type { Inventory } from '../../model/inventory.ts';
import { comparePaths } from '../../model/order.ts';
import { contentUuid } from '../content-uuid.ts';
import { type DocumentTool, libraryTool } from '../document-tool.ts';
import { jsonChunks } from '../json-chunks.ts';
import type {
  CycloneDxComponent,
  CycloneDxComposition,
  CycloneDxDependency,
  CycloneDxDocument,
  CycloneDxMetadata,
} from './document.ts';
import type { CycloneDxParts } from './document-parts.ts';
import { imageComponent } from './image-component.ts';
import { distroComponent, fileComponent, modelComponent } from './other-components.ts';
import { packageComponent } from './package-component.ts';
import { type PropertyEntry, properties, propertyNamespace } from './properties.ts';
import { xmlChunks } from './xml/xml-chunks.ts';

/** What an inventory cannot know of its document. Without any of it, equal inventories give equal documents. */
export interface CycloneDxOptions {
  /** RFC 3339. Default: none. */
  readonly timestamp?: string;
  /** `urn:uuid:` and a UUID. Default: derived from the content. */
  readonly serialNumber?: string;
  /** The program that made the inventory. Default: this library, without a version. */
  readonly tool?: DocumentTool;
}

/**
 * An inventory as a CycloneDX 1.6 document: the image as the subject, the distribution, packages, hashed files and
 * models as components, and which needs which. Secret candidates are not part of it.
 */
export function toCycloneDx(inventory: Inventory, options: CycloneDxOptions = {}): CycloneDxDocument {
  const parts = documentParts(inventory, options);
  return { ...parts, components: Array.from(parts.components), dependencies: Array.from(parts.dependencies) };
}

/** {@link toCycloneDx} as JSON text in chunks, for documents too large to be held whole. */
export function encodeCycloneDx(inventory: Inventory, options: CycloneDxOptions = {}): Iterable<string> {
  return jsonChunks({ ...documentParts(inventory, options) });
}

/**
 * {@link toCycloneDx} as XML text in chunks. Characters that XML cannot hold are written as `\u{…}`, and in references
 * that have one of them so is the backslash.
 */
export function encodeCycloneDxXml(inventory: Inventory, options: CycloneDxOptions = {}): Iterable<string> {
  return xmlChunks(documentParts(inventory, options));
}

function documentParts(inventory: Inventory, options: CycloneDxOptions): CycloneDxParts {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: options.serialNumber ?? `urn:uuid:${contentUuid(inventory)}`,
    version: 1,
    metadata: metadata(inventory, options),
    components: components(inventory),
    dependencies: dependencies(inventory),
    ...compositions(inventory),
  };
}

function metadata(inventory: Inventory, options: CycloneDxOptions): CycloneDxMetadata {
  const { timestamp, tool = libraryTool } = options;
  const { group, name, version } = tool;
  const problems = inventory.problems.map(
    ({ cataloger, path, code, reason }): PropertyEntry => [
      `${propertyNamespace}:problem`,
      `${code} ${cataloger} /${path}: ${reason}`,
    ],
  );
  return {
    ...(timestamp !== undefined && { timestamp }),
    tools: {
      components: [
        { type: 'application', ...(group !== undefined && { group }), name, ...(version !== undefined && { version }) },
      ],
    },
    component: imageComponent(inventory),
    properties: properties([
      [`${propertyNamespace}:complete`, inventory.complete],
      [`${propertyNamespace}:omitted:declared`, inventory.omitted?.declared],
      ...problems,
    ]),
  };
}

function* components({ distro, packages, files, models, layers }: Inventory): Iterable<CycloneDxComponent> {
  if (distro !== undefined) yield distroComponent(distro);
  const surroundings = { layers, distroId: distro?.id, readLicenses: createLicenseReader() };
  for (const pkg of sorted(packages, ({ id }) => id)) yield packageComponent(pkg, surroundings);
  for (const file of sorted(files, ({ path }) => path)) yield fileComponent(file, layers);
  for (const model of sorted(models, ({ path }) => path)) yield modelComponent(model, layers);
}

/** The image needs all that is installed in it; each package what it states, and an entry without needs states none. */
function* dependencies({ subject, distro, packages, relationships }: Inventory): Iterable<CycloneDxDependency> {
  const ids = packages.map(({ id }) => id).sort();
  const needs = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of relationships) if (needs.has(to)) needs.get(from)?.push(to);
  yield dependency(subject.digest, [...(distro ? [`os:${distro.id}`] : []), ...ids]);
  if (distro !== undefined) yield { ref: `os:${distro.id}` };
  for (const [id, needed] of needs) {
    yield dependency(id, needed.length < 2 ? needed : Array.from(new Set(needed)).sort());
  }
}

function dependency(ref: string, dependsOn: readonly string[]): CycloneDxDependency {
  return dependsOn.length === 0 ? { ref } : { ref, dependsOn };
}

function compositions({ subject, complete }: Inventory): { readonly compositions?: readonly CycloneDxComposition[] } {
  return complete ? {} : { compositions: [{ aggregate: 'incomplete', assemblies: [subject.digest] }] };
}

function sorted<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => comparePaths(keyOf(a), keyOf(b)));
}
