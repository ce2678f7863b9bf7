import { RegistryError } from '../error.ts';
import { formatReference } from '../reference/format-reference.ts';
import { parseReference } from '../reference/parse-reference.ts';
import type { HostTarget } from './registry-host.ts';

/** Whether a prefix is `*.example.com`. */
export function isWildcard(prefix: string): boolean {
  return prefix.startsWith('*.');
}

/**
 * Length of that part of `host[:port]/repository` which a prefix stands for, `undefined` where it does not match.
 *
 * A prefix ends where a component of the name ends. `*.example.com` is every host below, whatever its port. A host
 * without port does not match the same host with one: containers/image lets it, and says not to rely on it.
 */
export function matchPrefix(prefix: string, name: string): number | undefined {
  if (!isWildcard(prefix)) {
    return name === prefix || name.startsWith(`${prefix}/`) ? prefix.length : undefined;
  }
  const host = /^[^/:]*/.exec(name)?.[0] ?? '';
  const suffix = prefix.slice(1);
  return host.endsWith(suffix) ? host.length : undefined;
}

/**
 * Puts a location in the place of what a prefix matched.
 *
 * @param matched length of the match, see {@link matchPrefix}
 * @returns `undefined` where that names no repository
 */
export function relocate(location: string, name: string, matched: number): HostTarget | undefined {
  const text = location + name.slice(matched);
  try {
    const { registry, repository } = parseReference(text);
    // Text that had to be completed or cut has no host, a tag, or an image that Docker Hub has under library/.
    return formatReference({ registry, repository }) === text ? { registry, repository } : undefined;
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}
