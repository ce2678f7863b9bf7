import { getCACertificates } from 'node:tls';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { guardedLookup } from './address.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { compileNoProxy } from './no-proxy.ts';
import { type ProxyAddress, parseProxy } from './proxy.ts';

/** How one URL is reached. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** Host of the proxy on the way, for messages. */
  readonly proxy?: string;
}

/** The connection pools of one client. */
export interface Dispatchers {
  /**
   * Chooses the pool for a URL.
   *
   * @param foreign whether a registry named the URL, in a realm or redirect: names that lead to metadata addresses are
   * then refused, unless a proxy resolves them
   */
  route(url: URL, foreign: boolean): Route;
  /** Ends all connections at once. */
  destroy(): Promise<void>;
}

const defaultConnectTimeout = 10_000;

function tlsSettings(options: RegistryClientOptions): { ca?: string[]; rejectUnauthorized?: boolean } {
  const { ca, rejectUnauthorized } = options.tls ?? {};
  const extra = ca === undefined ? [] : typeof ca === 'string' ? [ca] : [...ca];
  return {
    // Node takes `ca` instead of its own list, so its own list is handed back.
    ...(extra.length > 0 && { ca: [...getCACertificates('default'), ...extra] }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

/** One pool for a proxy and all hosts behind it. */
function proxyRoute(proxy: ProxyAddress, common: Agent.Options, options: RegistryClientOptions): Required<Route> {
  const { connectTimeout = defaultConnectTimeout } = options.limits ?? {};
  const tls = tlsSettings(options);
  const dispatcher = new ProxyAgent({
    ...common,
    uri: proxy.origin,
    ...(proxy.authorization !== undefined && { token: proxy.authorization }),
    connectTimeout,
    requestTls: tls,
    proxyTls: tls,
    // Else a proxy that accepts and then says nothing would be waited for as long as undici does by default.
    clientFactory: (origin, settings) => new Pool(origin, { ...settings, headersTimeout: connectTimeout }),
  });
  return { dispatcher, proxy: proxy.host };
}

/**
 * Makes the pools. Nothing is connected before the first request.
 *
 * @throws RegistryError `PROXY` for a proxy that is not a URL
 */
export function createDispatchers(options: RegistryClientOptions): Dispatchers {
  const { connectTimeout = defaultConnectTimeout } = options.limits ?? {};
  const connect = { timeout: connectTimeout, autoSelectFamily: true, ...tlsSettings(options) };
  // One request per connection: blobs are large, and an early exit must cost only its own socket.
  const common = { pipelining: 1, allowH2: false, keepAliveTimeout: 10_000 };
  const named = new Agent({ ...common, connect });
  const foreign = new Agent({ ...common, connect: { ...connect, lookup: guardedLookup } });
  const isDirect = compileNoProxy(options.proxy?.no ?? '');
  const proxies = new Map<string, Required<Route>>();
  for (const scheme of ['http', 'https'] as const) {
    const proxy = parseProxy(`proxy.${scheme}`, options.proxy?.[scheme]);
    if (proxy !== undefined) proxies.set(`${scheme}:`, proxyRoute(proxy, common, options));
  }
  const all: readonly Dispatcher[] = [named, foreign, ...[...proxies.values()].map(({ dispatcher }) => dispatcher)];
  return {
    route(url, isForeign) {
      const proxied = isDirect(url) ? undefined : proxies.get(url.protocol);
      return proxied ?? { dispatcher: isForeign ? foreign : named };
    },
    async destroy() {
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}
