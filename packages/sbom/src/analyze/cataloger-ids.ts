import type { Cataloger } from '../catalog/cataloger.ts';

/** `name@version` of each cataloger, sorted: the part of a cache key that says which facts are held. */
export function catalogerIds(catalogers: readonly Cataloger[]): string[] {
  return catalogers.map(({ name, version }) => `${name}@${version}`).sort();
}
