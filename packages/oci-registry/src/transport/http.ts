import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { RegistryError } from '../error.ts';
import { forbiddenAddress, isForbiddenAddress } from './address.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { connectionError, proxyError } from './connection-error.ts';
import { createDispatchers, type Dispatchers } from './dispatchers.ts';
import { printUrl } from './redact.ts';
import { isRetryableStatus, parseRetryAfter, type RetryPolicy, retryDelay, retryPolicy } from './retry.ts';
import { untilAborted } from './until-aborted.ts';

/** Methods that registries and token servers know. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A body that can be sent more than once. */
export interface RequestBody {
  /** Number of its bytes. */
  readonly length: number;
  /** Reads it from its start. */
  open(signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
}

/** A request that may be sent again when it fails: doing it twice is the same as doing it once. */
export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** `Authorization` for the origin of `url`, and for no other. */
  readonly authorization?: string | undefined;
  readonly body?: string | RequestBody | undefined;
  /** Whether a registry named this URL, not the caller. */
  readonly foreign?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A response whose body has not been read. */
export interface HttpResponse {
  /** Method and redacted URL that was asked for, for messages. */
  readonly what: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Whether it came from another origin than the one asked. */
  readonly redirected: boolean;
  readonly body: Dispatcher.ResponseData['body'];
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);
/** What is uploaded goes where it was sent, or nowhere. */
const followed: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD']);
const maxRedirects = 5;
/** Bodies of redirects and of answers to be retried are read up to this many bytes, to keep the connection. */
const discardLimit = 64 * 1024;

/** The first value of a header, or `undefined`. */
export function header(response: Pick<HttpResponse, 'headers'>, name: string): string | undefined {
  const value = response.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** Reads what is left of a small body and drops it, or drops the connection when the body is not small. */
async function discard(response: HttpResponse, signal: AbortSignal | undefined): Promise<void> {
  await response.body.dump({ limit: discardLimit, ...(signal !== undefined && { signal }) });
}

function sent(body: string | RequestBody, signal: AbortSignal | undefined): string | Readable {
  return typeof body === 'string' ? body : Readable.from(body.open(signal), { objectMode: false });
}

function nextHop(response: HttpResponse, from: URL): URL {
  const location = header(response, 'location');
  const what = `${response.what}: redirect`;
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new RegistryError('REDIRECT_INVALID', `${what} without a usable Location`, { status: response.status });
  }
  const next = new URL(location, from);
  const downgrade = from.protocol === 'https:' && next.protocol !== 'https:';
  if (!/^https?:$/.test(next.protocol) || downgrade || next.username !== '' || next.password !== '') {
    throw new RegistryError('REDIRECT_INVALID', `${what} to ${next.protocol}//${next.host} is not followed`, {
      status: response.status,
      hint: 'redirects are followed to https, or from http to http, and without user info',
    });
  }
  return next;
}

/** Sends requests: pools, redirects by hand, retries before a body starts. Knows nothing of registries. */
export class HttpTransport {
  readonly #dispatchers: Dispatchers;
  readonly #timeouts: { readonly headersTimeout: number; readonly bodyTimeout: number };
  readonly #retry: RetryPolicy;
  readonly #userAgent: string;
  readonly #now: () => number;

  /** @throws RegistryError `PROXY` for a proxy that is not a URL */
  constructor(options: RegistryClientOptions) {
    const { headersTimeout = 30_000, bodyTimeout = 60_000 } = options.limits ?? {};
    this.#timeouts = { headersTimeout, bodyTimeout };
    this.#dispatchers = createDispatchers(options);
    this.#retry = retryPolicy(options.retry);
    this.#userAgent = options.userAgent ?? 'falcon-iar-oci-registry';
    this.#now = options.now ?? Date.now;
  }

  /**
   * Sends a request and resolves to the response, whatever its status, once its headers are here. Retryable failures
   * are retried; the last of them is then returned or thrown.
   *
   * @throws RegistryError `NETWORK`, `TIMEOUT`, `TLS`, `PROXY`, `CLOSED`, `REDIRECT_INVALID`, `ADDRESS_FORBIDDEN`,
   * `RESPONSE_INVALID`
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(request);
      const failed = outcome instanceof RegistryError;
      if (failed ? !outcome.retryable : !isRetryableStatus(outcome.status)) {
        if (failed) throw outcome;
        return outcome;
      }
      const retryAfter = failed ? undefined : this.retryAfter(outcome);
      const wait = retryDelay(this.#retry, attempt, retryAfter);
      if (wait === undefined) {
        if (failed) throw outcome;
        return outcome;
      }
      if (!failed) await discard(outcome, request.signal);
      await this.#retry.sleep(wait, { signal: request.signal });
    }
  }

  /** How long a response asks to be left alone, in ms. */
  retryAfter(response: HttpResponse): number | undefined {
    return parseRetryAfter(header(response, 'retry-after'), this.#now());
  }

  /** Ends all connections at once; bodies still being read fail with `CLOSED`. */
  close(): Promise<void> {
    return this.#dispatchers.destroy();
  }

  /** One attempt; connection failures are returned, so that the caller decides about them in one place. */
  async #attempt(request: HttpRequest): Promise<HttpResponse | RegistryError> {
    request.signal?.throwIfAborted();
    try {
      return await this.#follow(request);
    } catch (error) {
      request.signal?.throwIfAborted();
      return connectionError(error, `${request.method} ${printUrl(request.url)}`);
    }
  }

  async #follow(request: HttpRequest): Promise<HttpResponse> {
    let url = request.url;
    let left = false;
    for (let hops = 0; ; hops++) {
      const response = await this.#once(request, url, left);
      if (!redirectStatuses.has(response.status) || !followed.has(request.method)) return response;
      await discard(response, request.signal);
      if (hops === maxRedirects) {
        throw new RegistryError('REDIRECT_INVALID', `${response.what}: more than ${maxRedirects} redirects`);
      }
      url = nextHop(response, url);
      // Once the origin is left, no later hop gets the Authorization, not even one that leads back.
      left ||= url.origin !== request.url.origin;
    }
  }

  async #once(request: HttpRequest, url: URL, left: boolean): Promise<HttpResponse> {
    const foreign = left || request.foreign === true;
    if (foreign && isForbiddenAddress(url.hostname)) throw forbiddenAddress(url.hostname);
    const { dispatcher, proxy } = this.#dispatchers.route(url, foreign);
    const what = `${request.method} ${printUrl(request.url)}`;
    const authorization = left ? undefined : request.authorization;
    const { method, signal } = request;
    const answer = dispatcher.request({
      ...this.#timeouts,
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: {
        'user-agent': this.#userAgent,
        // Digests are of the stored bytes; a proxy must not compress them on the way.
        'accept-encoding': 'identity',
        ...request.headers,
        ...(authorization !== undefined && { authorization }),
        ...(typeof request.body === 'object' && { 'content-length': String(request.body.length) }),
      },
      ...(request.body !== undefined && { body: sent(request.body, signal) }),
      ...(signal !== undefined && { signal }),
    });
    try {
      // As long as it has no connection, undici does not look at the signal.
      const { statusCode: status, headers, body } = await untilAborted(answer, signal);
      return { what, status, headers, redirected: left, body };
    } catch (error) {
      signal?.throwIfAborted();
      throw proxy === undefined ? error : proxyError(error, what, proxy);
    }
  }
}
