import type { Version } from '../catalog/file-view.ts';

/**
 * In which layer things first appeared in a file that several layers rewrote, such as a package database.
 *
 * @param versions - Every layer's version of the file, oldest first.
 * @param keysOf - What the file says is there, by any name that stays the same from version to version.
 */
export function firstLayers<F>(
  versions: Iterable<Version<F>>,
  keysOf: (facts: F) => Iterable<string>,
): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { layer, facts } of versions) {
    if (facts === undefined) continue;
    for (const key of keysOf(facts)) if (!first.has(key)) first.set(key, layer);
  }
  return first;
}
