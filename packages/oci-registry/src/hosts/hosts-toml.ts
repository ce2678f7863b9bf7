import { join } from 'node:path';
import type { TlsOptions } from '../transport/client-options.ts';
import { type EndpointOptions, registryEndpoint } from '../transport/endpoint.ts';
import { type CachedFiles, cachedFiles } from './cached-files.ts';
import { allCapabilities } from './capabilities.ts';
import { certificateFolder } from './certificate-folder.ts';
import { findFolder } from './find-folder.ts';
import { readTls } from './host-tls.ts';
import { type HostUrl, registryOfHost, withScheme } from './host-url.ts';
import { type HostEntry, type HostsDocument, parseHostsToml } from './hosts-document.ts';
import { pemFiles } from './pem-files.ts';
import type { HostTarget, RegistryHost, RegistryHosts } from './registry-host.ts';

/** Options of {@link hostsToml}. */
export interface HostsTomlOptions extends EndpointOptions {
  /** Folders such as `/etc/containerd/certs.d`, most important first. */
  readonly directories: readonly string[];
}

/** Where the folder of a registry may be, in the order of containerd. */
function foldersOf(directories: readonly string[], registry: string): readonly string[] {
  const port = /^(.+):(\d+)$/.exec(registry);
  const names = [...(port === null ? [] : [`${port[1]}_${port[2]}_`]), registry, '_default'];
  return directories.flatMap((directory) => names.map((name) => join(directory, name)));
}

function hostOf(entry: HostEntry, url: HostUrl, target: HostTarget, tls: TlsOptions | undefined): RegistryHost {
  const isOther = entry.url !== undefined && url.registry !== registryOfHost(target.registry);
  return {
    api: url.api,
    registry: url.registry,
    repository: target.repository,
    capabilities: entry.capabilities,
    ...(isOther && { namespace: target.registry }),
    ...(entry.headers !== undefined && { headers: entry.headers }),
    ...(tls !== undefined && { tls }),
  };
}

/** Reads the folder of a registry: its `hosts.toml`, or the certificates of docker's layout. */
async function readFolder(
  folder: string,
  documents: CachedFiles<HostsDocument>,
  signal: AbortSignal | undefined,
): Promise<readonly HostEntry[] | undefined> {
  const document = await documents(join(folder, 'hosts.toml'), signal);
  if (document !== undefined && !document.isEmpty) return [...document.mirrors, document.server];
  const tls = await certificateFolder(folder);
  const isBare = tls.authorities.length === 0 && tls.clients.length === 0;
  return isBare ? undefined : [{ capabilities: allCapabilities, tls }];
}

/** The registry itself, under the name that references have for it. */
function ownUrl(registry: string, options: EndpointOptions): HostUrl {
  return { api: new URL('v2/', registryEndpoint(registry, options)), registry };
}

/** https before http for a host with http and a TLS configuration, where the port may be of either. */
function schemesOf(url: HostUrl, tls: TlsOptions | undefined): readonly HostUrl[] {
  const isEither = url.api.protocol === 'http:' && url.api.port !== '' && tls !== undefined;
  return isEither ? [withScheme(url, 'https'), url] : [url];
}

/**
 * Hosts as containerd 2 reads them from folders such as `/etc/containerd/certs.d`: for a registry `HOST:PORT` the first
 * of `HOST_PORT_`, `HOST:PORT` and `_default` that exists, folder after folder. Within is a `hosts.toml` (containerd's
 * docs/hosts.md), or the certificates of docker's layout: `*.crt`, `*.cert` with `*.key`.
 *
 * The mirrors come in the order of the file, then its server, or the registry itself where none is named; to that the
 * options `insecureHttp` and `loopbackHttp` apply, a URL in the file says its scheme. Other hosts than the registry are
 * told the registry as `ns`. A host with http, a port other than 80 and a TLS configuration is tried with https first.
 * Files are read again when they change. `dial_timeout` does not count, nor does the capability `referrers`; of several
 * client certificates the first is used. Unlike containerd, a file that cannot be understood is an error: it may be the
 * one that keeps requests from leaving.
 *
 * Looking up rejects with RegistryError `HOSTS_INVALID`, with file and line or field.
 */
export function hostsToml(options: HostsTomlOptions): RegistryHosts {
  const documents = cachedFiles(parseHostsToml);
  const pems = pemFiles();
  return {
    async hostsFor(target, { signal } = {}) {
      signal?.throwIfAborted();
      const own = ownUrl(target.registry, options);
      const folder = await findFolder(foldersOf(options.directories, target.registry));
      const entries = folder === undefined ? undefined : await readFolder(folder, documents, signal);
      if (folder === undefined || entries === undefined) return undefined;
      const hosts: RegistryHost[] = [];
      for (const entry of entries) {
        const tls = await readTls(entry.tls, folder, pems, signal);
        for (const url of schemesOf(entry.url ?? own, tls)) hosts.push(hostOf(entry, url, target, tls));
      }
      return hosts;
    },
  };
}
