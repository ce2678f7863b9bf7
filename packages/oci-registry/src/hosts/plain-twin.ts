import type { RegistryHost } from './registry-host.ts';

/**
 * Whether a host is the one before it over plain http: what a configuration means that allows http where https is not
 * spoken. It has nothing else to say, and is worth asking only where no connection to the one before was made.
 */
export function isPlainTwin(host: RegistryHost, before: RegistryHost | undefined): boolean {
  return (
    before?.api.protocol === 'https:' &&
    host.api.protocol === 'http:' &&
    host.registry === before.registry &&
    host.api.hostname === before.api.hostname &&
    host.api.pathname === before.api.pathname &&
    host.repository === before.repository
  );
}
