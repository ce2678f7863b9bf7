import type { Cataloger } from '../catalog/cataloger.ts';

/** `name@version` of a cataloger. */
export function catalogerId({ name, version }: Pick<Cataloger, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

/** `name@version` of each cataloger, sorted: the part of a cache key that says which facts are held. */
export function catalogerIds(catalogers: readonly Cataloger[]): string[] {
  return catalogers.map(catalogerId).sort();
}
