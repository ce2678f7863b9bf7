import { RegistryError } from '../error.ts';
import { canonicalHost } from '../reference/host.ts';

/**
 * Says for a host whether it is one of the `registries` that the options of a keychain name beside those of the cloud.
 *
 * @param keychain how messages call it
 * @throws RegistryError `CREDENTIALS_INVALID` for one that is not a host
 */
export function furtherRegistries(keychain: string, registries: readonly string[] = []): (registry: string) => boolean {
  const hosts = new Set(registries.map((registry) => canonicalHost(registry)));
  if (hosts.has(undefined)) {
    throw new RegistryError('CREDENTIALS_INVALID', `${keychain} keychain: one of the registries is not a host`, {
      hint: 'write HOST or HOST:PORT',
    });
  }
  return (registry) => hosts.has(canonicalHost(registry));
}
