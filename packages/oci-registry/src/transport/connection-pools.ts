import { getCACertificates } from 'node:tls';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { guardedLookup } from './address.ts';
import type { RegistryClientOptions, TlsOptions } from './client-options.ts';
import type { Route } from './dispatchers.ts';
import type { ProxyAddress } from './proxy.ts';

/** The pools for one set of TLS settings. */
export interface ConnectionPools {
  /**
   * @param foreign whether a registry named the URL
   * @param direct whether no proxy is wanted for it
   */
  route(url: URL, foreign: boolean, direct: boolean): Route;
  /** Ends the connections as soon as nothing uses them. */
  close(): Promise<void>;
  /** Ends the connections at once. */
  destroy(): Promise<void>;
}

interface TlsSettings {
  readonly ca?: string[];
  readonly rejectUnauthorized?: boolean;
  readonly cert?: string;
  readonly key?: string;
}

const defaultConnectTimeout = 10_000;
// One request per connection: blobs are large, and an early exit must cost only its own socket.
const common = { pipelining: 1, allowH2: false, keepAliveTimeout: 10_000 };

/** Whom to trust: this is so also for hosts that the first one names. */
function trust({ ca, rejectUnauthorized }: TlsOptions): TlsSettings {
  const extra = ca === undefined ? [] : typeof ca === 'string' ? [ca] : [...ca];
  return {
    // Node takes `ca` instead of its own list, so its own list is handed back.
    ...(extra.length > 0 && { ca: [...getCACertificates('default'), ...extra] }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

/** Who we are: this is only for the host it was given for. */
function identity({ cert, key }: TlsOptions): TlsSettings {
  return { ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

/** One pool for a proxy and all hosts behind it. */
function proxyAgent(proxy: ProxyAddress, options: RegistryClientOptions, requestTls: TlsSettings): ProxyAgent {
  const { connectTimeout = defaultConnectTimeout } = options.limits ?? {};
  return new ProxyAgent({
    ...common,
    uri: proxy.origin,
    ...(proxy.authorization !== undefined && { token: proxy.authorization }),
    connectTimeout,
    requestTls,
    proxyTls: trust(options.tls ?? {}),
    // Else a proxy that accepts and then says nothing would be waited for as long as undici does by default.
    clientFactory: (origin, settings) => new Pool(origin, { ...settings, headersTimeout: connectTimeout }),
  });
}

/**
 * Makes the pools for some TLS settings.
 *
 * @param proxies by `http:` and `https:`
 */
export function createConnectionPools(
  options: RegistryClientOptions,
  tls: TlsOptions,
  proxies: ReadonlyMap<string, ProxyAddress>,
): ConnectionPools {
  const { connectTimeout = defaultConnectTimeout } = options.limits ?? {};
  const trusted = trust(tls);
  const own = { ...trusted, ...identity(tls) };
  const connect = { timeout: connectTimeout, autoSelectFamily: true };
  const named = new Agent({ ...common, connect: { ...connect, ...own } });
  const foreign = new Agent({ ...common, connect: { ...connect, ...trusted, lookup: guardedLookup } });
  const behind = (settings: TlsSettings): Map<string, ProxyAgent> =>
    new Map([...proxies].map(([scheme, proxy]) => [scheme, proxyAgent(proxy, options, settings)]));
  const namedBehind = behind(own);
  const foreignBehind = tls.cert === undefined ? namedBehind : behind(trusted);
  const all = new Set<Dispatcher>([named, foreign, ...namedBehind.values(), ...foreignBehind.values()]);
  return {
    route(url, isForeign, isDirect) {
      const proxy = isDirect ? undefined : proxies.get(url.protocol);
      const proxied = (isForeign ? foreignBehind : namedBehind).get(url.protocol);
      if (proxy !== undefined && proxied !== undefined) return { dispatcher: proxied, proxy: proxy.host };
      return { dispatcher: isForeign ? foreign : named };
    },
    async close() {
      await Promise.all([...all].map((dispatcher) => dispatcher.close()));
    },
    async destroy() {
      await Promise.all([...all].map((dispatcher) => dispatcher.destroy()));
    },
  };
}
