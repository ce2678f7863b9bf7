import type { Inventory } from '../../model/inventory.ts';
import { comparePaths } from '../../model/order.ts';
import { jsonChunks } from '../json-chunks.ts';
import type {
  CycloneDxComponent,
  CycloneDxComposition,
  CycloneDxDependency,
  CycloneDxDocument,
  CycloneDxMetadata,
} from './document.ts';
import { imageComponent } from './image-component.ts';
import { distroComponent, fileComponent, modelComponent } from './other-components.ts';
import { packageComponent } from './package-component.ts';
import { type PropertyEntry, properties, propertyNamespace } from './properties.ts';
import { serialNumberOf } from './serial-number.ts';

/** What an inventory cannot know of its document. Without any of it, equal inventories give equal documents. */
export interface CycloneDxOptions {
  /** RFC 3339. Default: none. */
  readonly timestamp?: string;
  /** `urn:uuid:` and a UUID. Default: derived from the content. */
  readonly serialNumber?: string;
  /** Version of the tool that made the inventory. */
  readonly toolVersion?: string;
}

/**
 * An inventory as a CycloneDX 1.6 document: the image as the subject, the distribution, packages, hashed files and
 * models as components, and which needs which. Secret candidates are not part of it.
 */
export function toCycloneDx(inventory: Inventory, options: CycloneDxOptions = {}): CycloneDxDocument {
  return {
    ...heading(inventory, options),
    components: Array.from(components(inventory)),
    dependencies: Array.from(dependencies(inventory)),
    ...compositions(inventory),
  };
}

/** {@link toCycloneDx} as JSON text in chunks, for documents too large to be held whole. */
export function encodeCycloneDx(inventory: Inventory, options: CycloneDxOptions = {}): Iterable<string> {
  return jsonChunks({
    ...heading(inventory, options),
    components: components(inventory),
    dependencies: dependencies(inventory),
    ...compositions(inventory),
  });
}

function heading(
  inventory: Inventory,
  options: CycloneDxOptions,
): Omit<CycloneDxDocument, 'components' | 'dependencies' | 'compositions'> {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: options.serialNumber ?? serialNumberOf(inventory),
    version: 1,
    metadata: metadata(inventory, options),
  };
}

function metadata(inventory: Inventory, { timestamp, toolVersion }: CycloneDxOptions): CycloneDxMetadata {
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
        {
          type: 'application',
          group: '@falcon-iar',
          name: 'sbom',
          ...(toolVersion !== undefined && { version: toolVersion }),
        },
      ],
    },
    component: imageComponent(inventory),
    properties: properties([[`${propertyNamespace}:complete`, inventory.complete], ...problems]),
  };
}

function* components({ distro, packages, files, models, layers }: Inventory): Iterable<CycloneDxComponent> {
  if (distro !== undefined) yield distroComponent(distro);
  for (const pkg of sorted(packages, ({ id }) => id)) yield packageComponent(pkg, layers, distro?.id);
  for (const file of sorted(files, ({ path }) => path)) yield fileComponent(file, layers);
  for (const model of sorted(models, ({ path }) => path)) yield modelComponent(model, layers);
}

/** The image needs all that is installed in it; each package what it states, and an entry without needs states none. */
function* dependencies({ subject, distro, packages, relationships }: Inventory): Iterable<CycloneDxDependency> {
  const ids = packages.map(({ id }) => id).sort();
  const known = new Set(ids);
  const needs = new Map<string, Set<string>>();
  for (const { from, to } of relationships) {
    if (!known.has(from) || !known.has(to)) continue;
    const targets = needs.get(from);
    if (targets) targets.add(to);
    else needs.set(from, new Set([to]));
  }
  yield dependency(subject.digest, [...(distro ? [`os:${distro.id}`] : []), ...ids]);
  if (distro !== undefined) yield { ref: `os:${distro.id}` };
  for (const id of ids) yield dependency(id, Array.from(needs.get(id) ?? []).sort());
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
