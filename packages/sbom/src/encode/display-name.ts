import type { Package } from '../model/package.ts';

/** What people of its ecosystem call a package: with its scope or group, where it has one. */
export function displayName({ type, namespace, name }: Pick<Package, 'type' | 'namespace' | 'name'>): string {
  if (namespace === undefined) return name;
  return type === 'maven' ? `${namespace}:${name}` : `${namespace}/${name}`;
}
