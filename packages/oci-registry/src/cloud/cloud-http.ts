import { RegistryError } from '../error.ts';
import type { TlsOptions } from '../transport/client-options.ts';
import { connectionError, proxyError } from '../transport/connection-error.ts';
import { createDispatchers } from '../transport/dispatchers.ts';
import { type ProxyOptions, parseProxy } from '../transport/proxy.ts';
import { readCapped } from '../transport/read-capped.ts';
import { printUrl } from '../transport/redact.ts';

/** A request to a service of a cloud: for tokens, for the identity of this machine. */
export interface CloudRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** ms for the whole exchange. Default 10000. */
  readonly timeout?: number | undefined;
  /** Never through a proxy: services of the machine itself, which a proxy would ask about another machine. */
  readonly direct?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer, read to its end. */
export interface CloudResponse {
  readonly status: number;
  /** Names in lower case; the first value of each. */
  readonly headers: Readonly<Record<string, string>>;
  /** As UTF-8, at most 1 MiB. */
  readonly body: string;
}

/**
 * Asks services of a cloud; whatever the status, it resolves. Redirects are answers like any other.
 *
 * Rejects with RegistryError `NETWORK`, `TIMEOUT`, `TLS`, `PROXY`, `RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`, or with the
 * signal's reason.
 */
export type CloudHttp = (request: CloudRequest) => Promise<CloudResponse>;

/** How the services of a cloud are reached. */
export interface CloudHttpOptions {
  /** Proxies, for requests that are not to the machine itself. Default none. */
  readonly proxy?: ProxyOptions | undefined;
  readonly tls?: TlsOptions | undefined;
}

const defaultTimeout = 10_000;
const maxBodyBytes = 1024 * 1024;

/**
 * Makes the usual {@link CloudHttp}. Each exchange has a connection of its own, as there are few of them: so there is
 * nothing to close.
 *
 * @throws RegistryError `PROXY` for a proxy that is not a URL
 */
export function createCloudHttp(options: CloudHttpOptions = {}): CloudHttp {
  const { proxy, tls } = options;
  for (const scheme of ['http', 'https'] as const) parseProxy(`proxy.${scheme}`, proxy?.[scheme]);
  return async (request) => {
    const { timeout = defaultTimeout, direct = false, signal, url } = request;
    signal?.throwIfAborted();
    const late = AbortSignal.timeout(timeout);
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    const dispatchers = createDispatchers({ tls, ...(!direct && { proxy }), limits: { connectTimeout: timeout } });
    const what = `${request.method} ${printUrl(url)}`;
    let proxyHost: string | undefined;
    try {
      const route = await dispatchers.router();
      const { dispatcher, proxy: onTheWay } = route(url, false);
      proxyHost = onTheWay;
      const { statusCode, headers, body } = await dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { ...request.headers },
        ...(request.body !== undefined && { body: request.body }),
        signal: either,
      });
      const bytes = await readCapped(
        body,
        maxBodyBytes,
        () => new RegistryError('RESPONSE_TOO_LARGE', `${what}: the answer exceeds ${maxBodyBytes} bytes`),
      );
      return { status: statusCode, headers: firstValues(headers), body: Buffer.from(bytes).toString('utf8') };
    } catch (error) {
      signal?.throwIfAborted();
      if (!late.aborted)
        throw proxyHost === undefined ? connectionError(error, what) : proxyError(error, what, proxyHost);
      throw new RegistryError('TIMEOUT', `${what}: no answer within ${timeout} ms`, { retryable: true });
    } finally {
      await dispatchers.destroy();
    }
  };
}

function firstValues(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = typeof value === 'string' ? value : value?.[0];
    if (first !== undefined) values[name] = first;
  }
  return values;
}
