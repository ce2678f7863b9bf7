import type { Keychain } from '../credentials/keychain.ts';
import type { RegistryHosts } from '../hosts/registry-host.ts';
import type { InsecureHttp } from './endpoint.ts';
import type { ProxyOptions } from './proxy.ts';
import type { RegistryEvent } from './registry-event.ts';
import type { RetryOptions } from './retry.ts';

/** TLS settings: of a client for every host it speaks to, or of one {@link RegistryHost}. */
export interface TlsOptions {
  /** PEM certificates of further authorities, trusted beside those Node trusts already. */
  readonly ca?: string | readonly string[] | undefined;
  /** False accepts any certificate: everything but the digests may then be forged. Default true. */
  readonly rejectUnauthorized?: boolean | undefined;
  /**
   * PEM certificate, with its chain, by which the client proves who it is. Hosts that a registry names, in redirects and
   * realms of another origin, do not get it.
   */
  readonly cert?: string | undefined;
  /** PEM private key of `cert`. */
  readonly key?: string | undefined;
}

/** Bounds of one client. Sizes in bytes, times in ms. */
export interface ClientLimits {
  /** Largest manifest or index. Default 4 MiB, what distribution-spec asks registries to accept. */
  readonly manifestBytes?: number | undefined;
  /** Largest image config. Default 16 MiB. */
  readonly configBytes?: number | undefined;
  /** Longest time to connect, TLS included. Default 10000. */
  readonly connectTimeout?: number | undefined;
  /** Longest time from the request to the end of the response headers. Default 30000. */
  readonly headersTimeout?: number | undefined;
  /** Longest time that a registry takes to accept what was uploaded, after its last byte. Default 300000. */
  readonly uploadTimeout?: number | undefined;
  /** Longest time without a byte of a body while it is being read. There is no limit on the whole. Default 60000. */
  readonly bodyTimeout?: number | undefined;
}

/** Options of a {@link RegistryClient}. */
export interface RegistryClientOptions {
  /** Finds credentials. Default: everything anonymous. */
  readonly keychain?: Keychain | undefined;
  /** `User-Agent` header. Default `falcon-iar-oci-registry`. */
  readonly userAgent?: string | undefined;
  /** Registries spoken to over plain http: a list of hosts, or a predicate. Loopback registries need no mention. */
  readonly insecureHttp?: InsecureHttp | undefined;
  /** Speak http to loopback registries; false where a loopback registry has TLS. Default true. */
  readonly loopbackHttp?: boolean | undefined;
  /** TLS settings. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Proxies. Default none: the environment is not looked at. Each redirect chooses by its own host, and loopback hosts
   * are always reached directly.
   */
  readonly proxy?: ProxyOptions | undefined;
  /** Finds mirrors, and the settings of each host. Default: every registry is asked itself, as these options say. */
  readonly hosts?: RegistryHosts | undefined;
  /** Bounds on what is read and waited for. */
  readonly limits?: ClientLimits | undefined;
  /** When failed requests are sent again. */
  readonly retry?: RetryOptions | undefined;
  /**
   * Is told what happens, at once and in order; it should return quickly. What it throws does not disturb the work: the
   * first such error of a client becomes a warning of the process.
   */
  readonly onEvent?: ((event: RegistryEvent) => void) | undefined;
  /** Current time in ms since the epoch, for what expires and for rates. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}
