import { canonicalHost } from '../reference/host.ts';
import type { KeychainTarget } from './keychain.ts';

/** The address that Docker Hub is read from; some logins are stored under it. */
const hubAddress = 'registry-1.docker.io';

function credentialHost(text: string): string | undefined {
  const host = canonicalHost(text);
  return host === hubAddress ? 'docker.io' : host;
}

/**
 * Canonical form of a key under which a credential is stored: `host[:port][/path]`, scheme and the `/v1/` or `/v2/` of
 * old docker logins removed, Docker Hub's names all `docker.io`. `undefined` for a key that names no host.
 */
export function canonicalRegistryKey(key: string): string | undefined {
  const bare = key.trim().replace(/^https?:\/\//i, '');
  const slash = bare.indexOf('/');
  const host = credentialHost(slash < 0 ? bare : bare.slice(0, slash));
  if (host === undefined) return undefined;
  const path = (slash < 0 ? '' : bare.slice(slash)).replace(/^\/v[12](?=\/|$)/, '').replace(/\/+$/, '');
  return host + path;
}

/** The keys that cover a target, most specific first: `host/a/b`, `host/a`, `host`. */
export function coveringKeys(target: KeychainTarget): readonly string[] {
  const host = credentialHost(target.registry) ?? target.registry;
  const parts = target.repository.split('/');
  const scoped = parts.map((_, index) => `${host}/${parts.slice(0, parts.length - index).join('/')}`);
  return [...scoped, host];
}
