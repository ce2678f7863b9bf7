import { join } from 'node:path';
import { RegistryError } from '../error.ts';
import type { TlsOptions } from '../transport/client-options.ts';
import { allCapabilities, mirrorCapabilities } from './capabilities.ts';
import { certificateFolder } from './certificate-folder.ts';
import { findFolder } from './find-folder.ts';
import { readTls } from './host-tls.ts';
import { hostUrl } from './host-url.ts';
import { invalidHosts, printKey } from './hosts-error.ts';
import { type PemFiles, pemFiles } from './pem-files.ts';
import { matchPrefix, relocate } from './prefix.ts';
import type { Location, MirrorLocation, RegistryEntry } from './registries-document.ts';
import { registriesFiles } from './registries-files.ts';
import type { HostCapability, HostTarget, RegistryHost, RegistryHosts } from './registry-host.ts';

/** Options of {@link registriesConf}. */
export interface RegistriesConfOptions {
  /**
   * Files such as `/etc/containers/registries.conf`, most important first. The first that exists counts; drop-ins come
   * from the folder `FILE.d` of it and of those named before it.
   */
  readonly paths: readonly string[];
  /**
   * Folders with certificates, such as `/etc/containers/certs.d`, most important first: the first that has a folder
   * `HOST[:PORT]` gives the `*.crt`, `*.cert` and `*.key` for that host. Default none.
   */
  readonly certificates?: readonly string[] | undefined;
}

const capabilitiesOf: Readonly<Record<MirrorLocation['pulls'], ReadonlySet<HostCapability>>> = {
  all: mirrorCapabilities,
  'digest-only': new Set<HostCapability>(['pull']),
  'tag-only': new Set<HostCapability>(['resolve']),
};
const pushOnly: ReadonlySet<HostCapability> = new Set<HostCapability>(['push']);

/** The entry with the longest prefix; of two as long the first in their order, as containers/image has it. */
function chooseEntry(entries: readonly RegistryEntry[], name: string): RegistryEntry | undefined {
  let chosen: RegistryEntry | undefined;
  for (const entry of entries) {
    if (entry.prefix.length <= (chosen?.prefix.length ?? 0)) continue;
    if (matchPrefix(entry.prefix, name) !== undefined) chosen = entry;
  }
  return chosen;
}

/** A place and what it may be asked for. */
interface Source extends HostTarget {
  readonly insecure: boolean;
  readonly capabilities: ReadonlySet<HostCapability>;
}

/** Where an entry says that a repository is read from, in order, and last where it is pushed to. */
function sourcesOf(entry: RegistryEntry, target: HostTarget): readonly Source[] {
  const name = `${target.registry}/${target.repository}`;
  const matched = matchPrefix(entry.prefix, name) ?? name.length;
  const placeOf = ({ location }: Location): HostTarget => {
    const place = location === '' ? target : relocate(location, name, matched);
    if (place !== undefined) return place;
    const where = `${entry.source}, [[registry]] with prefix ${printKey(entry.prefix)}`;
    throw invalidHosts(where, `with the location ${printKey(location)}, ${name} names no repository`);
  };
  const mirrors = entry.mirrors.map((mirror) => ({
    ...placeOf(mirror),
    insecure: mirror.insecure,
    capabilities: capabilitiesOf[mirror.pulls],
  }));
  const { insecure } = entry;
  const primary = placeOf(entry);
  if (primary.registry === target.registry && primary.repository === target.repository) {
    return [...mirrors, { ...primary, insecure, capabilities: allCapabilities }];
  }
  // Nothing is moved when pushing.
  return [
    ...mirrors,
    { ...primary, insecure, capabilities: mirrorCapabilities },
    { ...target, insecure, capabilities: pushOnly },
  ];
}

/** The host of a place; an insecure one is tried with https first, whatever its certificate, then with http. */
function hostsOf(source: Source, tls: TlsOptions | undefined): readonly RegistryHost[] {
  const { registry, repository, insecure, capabilities } = source;
  const settings = insecure ? { ...tls, rejectUnauthorized: false } : tls;
  const schemes = insecure ? (['https', 'http'] as const) : (['https'] as const);
  return schemes.map((scheme) => ({
    api: apiOf(scheme, registry),
    registry,
    repository,
    capabilities,
    ...(settings !== undefined && { tls: settings }),
  }));
}

function apiOf(scheme: 'http' | 'https', registry: string): URL {
  const url = hostUrl(scheme, registry);
  if (url === undefined) throw new RegistryError('REFERENCE_INVALID', `registry ${printKey(registry)}: not a host`);
  return url.api;
}

async function readCertificates(
  directories: readonly string[],
  registry: string,
  pems: PemFiles,
  signal: AbortSignal | undefined,
): Promise<TlsOptions | undefined> {
  const folder = await findFolder(directories.map((directory) => join(directory, registry)));
  return folder === undefined ? undefined : readTls(await certificateFolder(folder), folder, pems, signal);
}

/**
 * Hosts as Podman, Buildah, Skopeo and CRI-O read them from `registries.conf` of version 2
 * (containers-registries.conf(5)) and its drop-in folder: of the `[[registry]]` tables the one with the longest matching
 * prefix says from where a repository is read, first its mirrors, then its location. A drop-in replaces the table with
 * the same prefix. Files are read again when they change.
 *
 * `insecure` gives two hosts: https with any certificate, then http. `pull-from-mirror = "digest-only"` is the capability
 * `pull` alone, `"tag-only"` is `resolve` alone. Credentials are those for the host of the mirror or location.
 *
 * Not read, since references here are always complete: `unqualified-search-registries`, `aliases`, `short-name-mode`.
 * Not supported: version 1 of the format, and prefixes with a tag or digest.
 *
 * Looking up rejects with RegistryError `BLOCKED` where the table says so, and `HOSTS_INVALID` with file and line or
 * field.
 */
export function registriesConf(options: RegistriesConfOptions): RegistryHosts {
  const read = registriesFiles(options.paths);
  const pems = pemFiles();
  return {
    async hostsFor(target, { signal } = {}) {
      signal?.throwIfAborted();
      // It becomes part of a path.
      apiOf('https', target.registry);
      const name = `${target.registry}/${target.repository}`;
      const entry = chooseEntry(await read(signal), name);
      if (entry === undefined) return undefined;
      if (entry.blocked) {
        const by = `${entry.source}, [[registry]] with prefix ${printKey(entry.prefix)}`;
        throw new RegistryError('BLOCKED', `read ${name}, ${by}: blocked`);
      }
      const hosts: RegistryHost[] = [];
      for (const source of sourcesOf(entry, target)) {
        const tls = await readCertificates(options.certificates ?? [], source.registry, pems, signal);
        hosts.push(...hostsOf(source, tls));
      }
      return hosts;
    },
  };
}
