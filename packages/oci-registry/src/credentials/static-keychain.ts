import { RegistryError } from '../error.ts';
import type { Credential } from './credential.ts';
import type { Keychain } from './keychain.ts';
import { canonicalRegistryKey, coveringKeys } from './registry-key.ts';

/**
 * A keychain of credentials held in memory. Keys are `host[:port]` or `host[:port]/path` and match exactly; the
 * longest path wins.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` for a key that names no host.
 */
export function staticKeychain(credentials: Readonly<Record<string, Credential>>): Keychain {
  const byKey = new Map<string, Credential>();
  for (const [key, credential] of Object.entries(credentials)) {
    const canonical = canonicalRegistryKey(key);
    if (canonical === undefined) {
      throw new RegistryError('CREDENTIALS_INVALID', 'static keychain: a key names no registry host', {
        hint: 'keys are host, host:port or host/path',
      });
    }
    byKey.set(canonical, credential);
  }
  return {
    resolve(target) {
      const key = coveringKeys(target).find((candidate) => byKey.has(candidate));
      return Promise.resolve(key === undefined ? undefined : byKey.get(key));
    },
  };
}
