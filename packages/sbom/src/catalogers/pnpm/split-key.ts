import { splitNpmLocator } from '../npm/package-name.ts';

/**
 * A key of the `packages` or `snapshots` of a pnpm lock file as `name@version`, without the peers it was resolved with:
 * `/name/1.0.0_peer@2.0.0` (lockfile version 5), `/name@1.0.0(peer@2.0.0)` (6), `name@1.0.0(peer@2.0.0)` (9). What
 * comes from no registry may have an address instead, and stays as it is.
 */
export function plainPnpmKey(key: string): string {
  const plain = withoutPeers(key.startsWith('/') ? key.slice(1) : key);
  if (splitNpmLocator(plain) !== undefined) return plain;
  const [, name, version] = /^(?:[^@]*\/)?((?:@[^/]+\/)?[^/@]+)\/(\d[^/_]*)(?:_[^/]*)?$/.exec(plain) ?? [];
  return name === undefined || version === undefined ? plain : `${name}@${version}`;
}

/** The key that a dependency's value leads to: a version or an address, or a whole key where it is an alias. */
export function dependencyPnpmKey(name: string, value: string): string {
  if (/^\d/.test(value)) return `${name}@${withoutPeers(value).replace(/_.*$/, '')}`;
  return value.includes('://') ? `${name}@${withoutPeers(value)}` : plainPnpmKey(value);
}

function withoutPeers(text: string): string {
  const peers = text.indexOf('(');
  return peers < 0 ? text : text.slice(0, peers);
}
