import type { Json, JsonObject } from '../../model/json.ts';
import { comparePaths } from '../../model/order.ts';
import type { CycloneDxProperty } from './document.ts';

/** Where our own property names begin. */
export const propertyNamespace = 'falcon-iar';

/** One property, or none where there is no value. */
export type PropertyEntry = readonly [name: string, value: Json | undefined];

/** Properties sorted by name; values that are no text are written as JSON. */
export function properties(entries: Iterable<PropertyEntry>): CycloneDxProperty[] {
  const written: CycloneDxProperty[] = [];
  for (const [name, value] of entries) {
    if (value !== undefined) written.push({ name, value: typeof value === 'string' ? value : JSON.stringify(value) });
  }
  return written.sort((a, b) => comparePaths(a.name, b.name));
}

/** The details of one package system, each under its own name. */
export function detailEntries(system: string, details: JsonObject): PropertyEntry[] {
  return Object.entries(details).map(([name, value]) => [`${propertyNamespace}:${system}:${name}`, value]);
}

/** Names that hold an index, made once for the indexes that are in every package: a document has millions of them. */
export function indexedNames<T>(make: (index: number) => T): (index: number) => T {
  const made: T[] = [];
  return (index) => {
    if (index >= maxMadeNames) return make(index);
    made[index] ??= make(index);
    return made[index];
  };
}

const maxMadeNames = 16;
