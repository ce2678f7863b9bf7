import { RegistryError } from '../error.ts';

/**
 * The error for a configuration of hosts that cannot be used.
 *
 * @param where file with line or field
 * @param reason what is wrong, without values: headers may be secrets
 */
export function invalidHosts(where: string, reason: string, hint?: string): RegistryError {
  return new RegistryError('HOSTS_INVALID', `read registry hosts, ${where}: ${reason}`, { hint });
}

/** How messages write a key: bare where TOML allows it, and of a URL neither user info nor query. */
export function printKey(key: string): string {
  if (/^[\w-]{1,80}$/.test(key)) return key;
  const shown = key.replace(/^([a-z+.-]*:\/\/)?[^/]*@/i, '$1').replace(/[?#].*$/s, '');
  return JSON.stringify(shown.length > 120 ? `${shown.slice(0, 117)}...` : shown);
}
