import { RegistryError } from '../error.ts';
import { canonicalHost } from '../reference/host.ts';
import { isLoopbackHost } from './address.ts';

/** Says for a canonical registry host whether plain http may be spoken to it. */
export type InsecureHttp = readonly string[] | ((registry: string) => boolean);

/** How registries are reached, beyond the defaults. */
export interface EndpointOptions {
  /** Registries spoken to over plain http. Loopback registries need no mention. */
  readonly insecureHttp?: InsecureHttp | undefined;
  /** Speak http to loopback registries; false where a loopback registry has TLS. Default true. */
  readonly loopbackHttp?: boolean | undefined;
}

/** The host that serves a registry's API where it is not the registry's own name. */
const apiHosts: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

function allowsHttp(registry: string, hostname: string, options: EndpointOptions): boolean {
  if (isLoopbackHost(hostname) && options.loopbackHttp !== false) return true;
  const { insecureHttp = [] } = options;
  if (typeof insecureHttp === 'function') return insecureHttp(registry);
  return insecureHttp.some((host) => canonicalHost(host) === registry);
}

/**
 * Base URL of a registry's API: https, except for loopback hosts and those the options name.
 *
 * @throws RegistryError `REFERENCE_INVALID` where the registry is not a host.
 */
export function registryEndpoint(registry: string, options: EndpointOptions): URL {
  const host = canonicalHost(registry);
  const api = host === undefined ? undefined : (apiHosts[host] ?? host);
  if (host === undefined || !URL.canParse(`https://${api}/`)) {
    throw new RegistryError('REFERENCE_INVALID', `registry ${JSON.stringify(registry.slice(0, 80))}: not a host`);
  }
  const url = new URL(`https://${api}/`);
  // The default port depends on the scheme, so the text is parsed again and not the scheme changed.
  return allowsHttp(host, url.hostname, options) ? new URL(`http://${api}/`) : url;
}
