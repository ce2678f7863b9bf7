import { posix } from 'node:path';
import { canonicalHost } from '../reference/host.ts';

/** The host that serves the API of Docker Hub. `docker.io` itself only leads to a web page. */
const hubApiHost = 'registry-1.docker.io';

/** Where a host's API is. */
export interface HostUrl {
  /** Base URL, ends with `/`. */
  readonly api: URL;
  /** Host with port as written, in canonical form: `docker.io` for Docker Hub. Credentials are looked up under it. */
  readonly registry: string;
}

/** Under which registry the credentials of an API host are kept; `undefined` for what is not a host. */
export function registryOfHost(host: string): string | undefined {
  const canonical = canonicalHost(host);
  return canonical === hubApiHost ? 'docker.io' : canonical;
}

/**
 * Where a registry's API is when it is spoken to in a given way.
 *
 * @param host `host[:port]`
 * @param path of the base URL, begins and ends with `/`
 * @returns `undefined` for what is not a host
 */
export function hostUrl(scheme: 'http' | 'https', host: string, path = '/v2/'): HostUrl | undefined {
  const registry = registryOfHost(host);
  if (registry === undefined) return undefined;
  const apiHost = registry === 'docker.io' ? hubApiHost : registry;
  const text = `${scheme}://${apiHost}${path}`;
  if (!URL.canParse(text)) return undefined;
  const api = new URL(text);
  // URL takes "5000" for an IPv4 address in one number. Nobody means that.
  const isRewritten = !apiHost.startsWith('[') && api.hostname !== apiHost.replace(/:\d+$/, '');
  return isRewritten ? undefined : { api, registry };
}

/**
 * Parses the URL of a host in `hosts.toml`: https where no scheme is given, and `/v2` is added to the path where it does
 * not end so.
 *
 * @param overridePath the path is the whole base path
 * @returns `undefined` for what is not an http or https URL, and for one with user info, query or fragment: none of
 * them is sent
 */
export function parseHostUrl(text: string, overridePath: boolean): HostUrl | undefined {
  const [, scheme = 'https', host = '', rawPath = ''] =
    /^(?:(https?):\/\/)?([^/?#@\\\s]+)(\/[^?#\\\s]*)?$/i.exec(text) ?? [];
  const path = posix.normalize(rawPath === '' ? '/' : rawPath).replace(/\/$/, '');
  const base = overridePath || path.endsWith('/v2') ? path : `${path}/v2`;
  return hostUrl(scheme.toLowerCase() === 'http' ? 'http' : 'https', host, `${base}/`);
}

/** The same host and path over https or http. */
export function withScheme(url: HostUrl, scheme: 'http' | 'https'): HostUrl {
  return hostUrl(scheme, url.registry, url.api.pathname) ?? url;
}
