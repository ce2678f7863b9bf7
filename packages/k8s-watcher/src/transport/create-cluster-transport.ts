import { Agent, type Dispatcher } from 'undici';
import { WatcherError } from '../watcher-error.ts';
import type { ClusterTransport } from './cluster-transport.ts';
import { type CredentialSource, staticCredential, tokenFileCredential } from './credential-source.ts';
import { HttpTransport } from './http-transport.ts';

/** How to reach an API server and who to be there. Give at most one of `token`, `tokenFile` and `credentials`. */
export interface ClusterTransportOptions {
  /** `https://host[:port][/prefix]`; plain http is for tests and `kubectl proxy`. */
  readonly baseUrl: string;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** PEM of the client certificate and its key. */
  readonly clientCert?: { readonly cert: string; readonly key: string } | undefined;
  /** A bearer token that does not change. */
  readonly token?: string | undefined;
  /** Path of a file with a bearer token; read again at least every minute and whenever the token is refused. */
  readonly tokenFile?: string | undefined;
  /** Any other way to an `Authorization` header. */
  readonly credentials?: CredentialSource | undefined;
  /** Name to expect in the server's certificate instead of the host. */
  readonly serverName?: string | undefined;
  /** Accept any certificate. Default false. */
  readonly insecureSkipTlsVerify?: boolean | undefined;
  /** Headers of every request beside those of this package, such as impersonation; a list is sent as several headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Default `falcon-iar-k8s-watcher`. */
  readonly userAgent?: string | undefined;
  /** ms without a byte after which a request fails. Default 30 000. */
  readonly idleTimeout?: number | undefined;
  /** Bytes a whole answer may have. Default 64 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Bytes one event of a watch may have. Default 8 MiB. */
  readonly maxLineBytes?: number | undefined;
  /** Used instead of an own one, for a proxy; it is not closed, and the TLS options above are then its business. */
  readonly dispatcher?: Dispatcher | undefined;
  /** ms since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * A transport to an API server, with one pool of connections.
 *
 * @throws WatcherError `OPTIONS_INVALID`.
 */
export function createClusterTransport(options: ClusterTransportOptions): ClusterTransport {
  const base = parseBase(options.baseUrl);
  const now = options.now ?? Date.now;
  const { dispatcher } = options;
  return new HttpTransport({
    base,
    credentials: credentialsOf(options, now),
    dispatcher: dispatcher ?? createAgent(options),
    ownsDispatcher: dispatcher === undefined,
    headers: {
      ...copyHeaders(options.headers ?? {}),
      accept: 'application/json',
      'user-agent': options.userAgent ?? 'falcon-iar-k8s-watcher',
    },
    idleTimeout: positive(options.idleTimeout ?? 30_000, 'idleTimeout'),
    maxBodyBytes: positive(options.maxBodyBytes ?? 64 * 1024 * 1024, 'maxBodyBytes'),
    maxLineBytes: positive(options.maxLineBytes ?? 8 * 1024 * 1024, 'maxLineBytes'),
    now,
  });
}

function copyHeaders(headers: NonNullable<ClusterTransportOptions['headers']>): Record<string, string | string[]> {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]));
}

function credentialsOf(options: ClusterTransportOptions, now: () => number): CredentialSource {
  const { token, tokenFile, credentials } = options;
  if ([token, tokenFile, credentials].filter((given) => given !== undefined).length > 1) {
    throw new WatcherError('OPTIONS_INVALID', 'transport: more than one of token, tokenFile and credentials is given');
  }
  if (credentials !== undefined) return credentials;
  return tokenFile === undefined ? staticCredential(token) : tokenFileCredential(tokenFile, now);
}

function createAgent({ ca, clientCert, serverName, insecureSkipTlsVerify }: ClusterTransportOptions): Dispatcher {
  return new Agent({
    // Each watch has a connection of its own, whose stream can be paused and cut without touching the others.
    allowH2: false,
    connect: {
      timeout: 10_000,
      ...(ca === undefined ? {} : { ca }),
      ...(clientCert === undefined ? {} : { cert: clientCert.cert, key: clientCert.key }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(insecureSkipTlsVerify === true ? { rejectUnauthorized: false } : {}),
    },
  });
}

function parseBase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw new WatcherError('OPTIONS_INVALID', 'transport: baseUrl must be https://host[:port][/prefix]');
  }
  return url;
}

function positive(value: number, name: string): number {
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new WatcherError('OPTIONS_INVALID', `transport: ${name} must be a whole number above 0, not ${value}`);
  }
  return value;
}
