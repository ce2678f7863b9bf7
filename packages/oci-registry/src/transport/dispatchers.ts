import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { RegistryClientOptions, TlsOptions } from './client-options.ts';
import type { ConnectionPools, createConnectionPools } from './connection-pools.ts';
import { compileNoProxy } from './no-proxy.ts';
import { type ProxyAddress, parseProxy } from './proxy.ts';

/** How one URL is reached. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** Host of the proxy on the way, for messages. */
  readonly proxy?: string;
}

/**
 * Chooses the pool for a URL. It is to be used at once: pools of settings long not used are closed.
 *
 * @param foreign whether a registry named the URL, in a realm or redirect: names that lead to metadata addresses are then
 * refused, unless a proxy resolves them, and no client certificate is shown
 * @param tls settings of the host that was asked first, instead of the client's
 */
export type Router = (url: URL, foreign: boolean, tls?: TlsOptions | undefined) => Route;

/** The connection pools of one client. */
export interface Dispatchers {
  /** What chooses among them. After `destroy` it gives pools that fail every request. */
  router(): Promise<Router>;
  /** Ends all connections at once. */
  destroy(): Promise<void>;
}

/** Most TLS settings with pools of their own beside the client's. */
const maxTlsSettings = 32;

/** The same for the same settings, whichever object they come in. */
function fingerprint(tls: TlsOptions): string {
  const { ca, cert, key, rejectUnauthorized } = tls;
  return createHash('sha256')
    .update(JSON.stringify([ca, cert, key, rejectUnauthorized]))
    .digest('base64');
}

/**
 * Makes the pools, when the first request needs them: images that lie on this machine are read without undici, whose loading
 * takes longer than reading a small one. Nothing is connected before.
 *
 * @throws RegistryError `PROXY` for a proxy that is not a URL
 */
export function createDispatchers(options: RegistryClientOptions): Dispatchers {
  const isDirect = compileNoProxy(options.proxy?.no ?? '');
  const proxies = new Map<string, ProxyAddress>();
  for (const scheme of ['http', 'https'] as const) {
    const proxy = parseProxy(`proxy.${scheme}`, options.proxy?.[scheme]);
    if (proxy !== undefined) proxies.set(`${scheme}:`, proxy);
  }
  const special = new Map<string, ConnectionPools>();
  const prints = new WeakMap<TlsOptions, string>();
  const open = new Set<ConnectionPools>();
  let common: ConnectionPools | undefined;
  let destroyed = false;

  const poolsFor = (create: typeof createConnectionPools, tls: TlsOptions | undefined): ConnectionPools => {
    if (tls === undefined) {
      common ??= create(options, options.tls ?? {}, proxies);
      open.add(common);
      return common;
    }
    const print = prints.get(tls) ?? fingerprint(tls);
    prints.set(tls, print);
    const pools = special.get(print) ?? create(options, tls, proxies);
    // What was used last stands last.
    special.delete(print);
    special.set(print, pools);
    open.add(pools);
    const [oldest] = special;
    if (special.size > maxTlsSettings && oldest !== undefined) {
      special.delete(oldest[0]);
      // Requests under way end by themselves; a client that is closed before need not wait for them.
      void oldest[1].close().then(() => open.delete(oldest[1]));
    }
    return pools;
  };
  return {
    async router() {
      const { createConnectionPools: create } = await import('./connection-pools.ts');
      return (url, foreign, tls) => {
        const pools = poolsFor(create, tls);
        if (destroyed) void pools.destroy();
        return pools.route(url, foreign, isDirect(url));
      };
    },
    async destroy() {
      destroyed = true;
      await Promise.all([...open].map((pools) => pools.destroy()));
    },
  };
}
