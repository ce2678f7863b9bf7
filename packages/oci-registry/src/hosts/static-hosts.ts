import { RegistryError } from '../error.ts';
import { canonicalHost } from '../reference/host.ts';
import { isLoopbackHost } from '../transport/address.ts';
import type { TlsOptions } from '../transport/client-options.ts';
import { allCapabilities, mirrorCapabilities } from './capabilities.ts';
import { type HostUrl, hostUrl } from './host-url.ts';
import { invalidHosts, printKey } from './hosts-error.ts';
import type { HostCapability, HostTarget, RegistryHost, RegistryHosts } from './registry-host.ts';

/** How a host is spoken to. */
export interface StaticHost {
  /** Plain http. Default: for loopback hosts only. */
  readonly http?: boolean | undefined;
  /** Instead of the client's. */
  readonly tls?: TlsOptions | undefined;
  /** Sent with every request to it. They may be secret, so redirects elsewhere lose them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Most requests begun in a second. Default no limit. */
  readonly requestsPerSecond?: number | undefined;
  /** Most requests under way at the same time, bodies included. Default no limit. */
  readonly concurrency?: number | undefined;
}

/** A mirror of a registry. */
export interface StaticMirror extends StaticHost {
  /** `host[:port][/path]`: repositories of the registry are below the path, `mirror.example.com/docker-hub`. */
  readonly location: string;
  /** What it is trusted with. Default `pull` and `resolve`; `pull` alone for one that must not say what a tag means. */
  readonly capabilities?: readonly HostCapability[] | undefined;
  /** Tells it by `ns` which registry is meant, for mirrors that serve several. Default false. */
  readonly namespace?: boolean | undefined;
}

/** What is to be known about a registry. */
export interface StaticRegistry extends StaticHost {
  /** Tried before the registry itself, in order. */
  readonly mirrors?: readonly (string | StaticMirror)[] | undefined;
  /** Nothing may be read from it, from its mirrors neither. Default false. */
  readonly blocked?: boolean | undefined;
}

type HostsOf = (target: HostTarget) => readonly RegistryHost[];

function urlOf(host: string, http: boolean | undefined, where: string): HostUrl {
  const url = hostUrl('https', host);
  if (url === undefined) throw invalidHosts(where, 'not a host', 'write HOST[:PORT], without a scheme');
  return (http ?? isLoopbackHost(url.api.hostname)) ? (hostUrl('http', host) ?? url) : url;
}

/** The settings that a host takes over as they are. */
function settingsOf(host: StaticHost, where: string): Partial<RegistryHost> {
  const { tls, headers, requestsPerSecond, concurrency } = host;
  if (requestsPerSecond !== undefined && !(requestsPerSecond > 0)) {
    throw invalidHosts(where, 'requestsPerSecond is not a number above 0');
  }
  if (concurrency !== undefined && !(concurrency >= 1)) throw invalidHosts(where, 'concurrency is not 1 or more');
  return {
    ...(tls !== undefined && { tls }),
    ...(headers !== undefined && { headers }),
    ...(requestsPerSecond !== undefined && { requestsPerSecond }),
    ...(concurrency !== undefined && { concurrency }),
  };
}

function compileMirror(mirror: string | StaticMirror, registry: string): (target: HostTarget) => RegistryHost {
  const options: StaticMirror = typeof mirror === 'string' ? { location: mirror } : mirror;
  const where = `static hosts, ${printKey(registry)}, mirror ${printKey(options.location)}`;
  const [host = '', ...path] = options.location.replace(/\/$/, '').split('/');
  const url = urlOf(host, options.http, where);
  if (!path.every((part) => /^[a-z0-9._-]+$/.test(part) && !/^\.+$/.test(part))) {
    throw invalidHosts(where, 'the path cannot be part of the name of a repository');
  }
  const settings = settingsOf(options, where);
  const capabilities = options.capabilities === undefined ? mirrorCapabilities : new Set(options.capabilities);
  return (target) => ({
    ...url,
    repository: [...path, target.repository].join('/'),
    capabilities,
    ...(options.namespace === true && { namespace: target.registry }),
    ...settings,
  });
}

function compileRegistry(registry: string, options: StaticRegistry): HostsOf {
  const where = `static hosts, ${printKey(registry)}`;
  const { api } = urlOf(registry, options.http, where);
  const mirrors = (options.mirrors ?? []).map((mirror) => compileMirror(mirror, registry));
  const settings = settingsOf(options, where);
  return (target) => {
    const { repository } = target;
    if (options.blocked === true) {
      throw new RegistryError('BLOCKED', `read ${registry}/${repository}, ${where}: blocked`, {
        hint: 'the program that reads the image does not allow this registry; name another one',
      });
    }
    const itself: RegistryHost = { api, registry, repository, capabilities: allCapabilities, ...settings };
    return [...mirrors.map((mirror) => mirror(target)), itself];
  };
}

/**
 * Hosts given as values, by registry `host[:port]`. A registry that is not named says nothing.
 *
 * Looking up rejects with RegistryError `BLOCKED` for a registry that is blocked.
 *
 * @throws RegistryError `HOSTS_INVALID` for what is no host, and for limits that are none
 */
export function staticHosts(registries: Readonly<Record<string, StaticRegistry>>): RegistryHosts {
  const compiled = new Map<string, HostsOf>();
  for (const [key, options] of Object.entries(registries)) {
    const registry = canonicalHost(key);
    const where = `static hosts, ${printKey(key)}`;
    if (registry === undefined) throw invalidHosts(where, 'not a host', 'keys are host or host:port');
    if (compiled.has(registry)) throw invalidHosts(where, 'the registry is named twice');
    compiled.set(registry, compileRegistry(registry, options));
  }
  return {
    async hostsFor(target, { signal } = {}) {
      signal?.throwIfAborted();
      return compiled.get(target.registry)?.(target);
    },
  };
}
