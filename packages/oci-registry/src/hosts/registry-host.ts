import type { TlsOptions } from '../transport/client-options.ts';

/**
 * What a host may be asked for: `resolve` what a tag means and lists of tags, `pull` content by its digest, `push`
 * (containerd's capabilities).
 */
export type HostCapability = 'pull' | 'resolve' | 'push';

/** One host that has a repository's content: the registry itself or a mirror of it. */
export interface RegistryHost {
  /** Base URL of its API, below which are `NAME/manifests/…`: `https://mirror.example.com/v2/`. */
  readonly api: URL;
  /** Under which host credentials for it are looked up, in canonical form with port. */
  readonly registry: string;
  /** Name of the repository there. */
  readonly repository: string;
  readonly capabilities: ReadonlySet<HostCapability>;
  /** Told to the host as `ns`: the registry that it is asked about, where one mirror serves several. */
  readonly namespace?: string | undefined;
  /** Sent with every request to it. They may be secret, so redirects elsewhere lose them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Instead of the client's. */
  readonly tls?: TlsOptions | undefined;
  /** Most requests begun in a second. Default no limit. */
  readonly requestsPerSecond?: number | undefined;
  /** Most requests under way at the same time, bodies included. Default no limit. */
  readonly concurrency?: number | undefined;
}

/** A repository as references name it. */
export interface HostTarget {
  /** Registry host in canonical form. */
  readonly registry: string;
  readonly repository: string;
}

/** Options of {@link RegistryHosts.hostsFor}. */
export interface HostLookupOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the hosts of a repository: mirrors, prefixes that are rewritten, what is blocked. `hostsToml` and
 * `registriesConf` of the subpath `/hosts` make one of the files that containerd and Podman read.
 */
export interface RegistryHosts {
  /**
   * The hosts in the order in which they are to be tried. `undefined` says nothing: the client then asks the registry
   * itself, as its options say.
   *
   * Rejects with RegistryError `BLOCKED` where nobody may be asked, `HOSTS_INVALID` for a file that cannot be understood.
   */
  hostsFor(target: HostTarget, options?: HostLookupOptions): Promise<readonly RegistryHost[] | undefined>;
}
