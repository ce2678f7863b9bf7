import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { RegistryError } from '../error.ts';
import { forbiddenAddress, isForbiddenAddress } from './address.ts';
import type { RegistryClientOptions, TlsOptions } from './client-options.ts';
import { connectionError, proxyError } from './connection-error.ts';
import { createDispatchers, type Dispatchers } from './dispatchers.ts';
import type { EventReporter } from './event-reporter.ts';
import { type GateLimits, HostGates } from './host-gates.ts';
import { type HeaderFields, header } from './http-headers.ts';
import { printUrl } from './redact.ts';
import { isRedirect, isStaleRedirect, maxRedirects, nextHop } from './redirect.ts';
import type { RequestKind } from './registry-event.ts';
import type { Retries } from './retries.ts';
import { isRetryableStatus, parseRetryAfter } from './retry.ts';
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
  /** For events. */
  readonly kind: RequestKind;
  /** `Authorization` for the origin of `url`, and for no other. */
  readonly authorization?: string | undefined;
  /** Further headers for the origin of `url`, and for no other. */
  readonly ownHeaders?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | RequestBody | undefined;
  /** Whether a registry named this URL, not the caller. */
  readonly foreign?: boolean | undefined;
  /** Settings of the host, instead of the client's. */
  readonly tls?: TlsOptions | undefined;
  /** How much the host may be asked for. */
  readonly limits?: GateLimits | undefined;
  /**
   * Whether another host can be asked instead: then one that cannot be reached, or that says when to come back, is not
   * asked again.
   */
  readonly replaceable?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A response whose body has not been read. */
export interface HttpResponse {
  /** Method and redacted URL that was asked for, for messages. */
  readonly what: string;
  /** URL that was asked for. */
  readonly url: URL;
  readonly status: number;
  readonly headers: HeaderFields;
  /** Whether it came from another origin than the one asked. */
  readonly redirected: boolean;
  readonly body: Dispatcher.ResponseData['body'];
}

/** Bodies of redirects and of answers to be retried are read up to this many bytes, to keep the connection. */
const discardLimit = 64 * 1024;

/** Reads what is left of a small body and drops it, or drops the connection when the body is not small. */
async function discard(response: HttpResponse, signal: AbortSignal | undefined): Promise<void> {
  await response.body.dump({ limit: discardLimit, ...(signal !== undefined && { signal }) });
}

function sent(body: string | RequestBody, signal: AbortSignal | undefined): string | Readable {
  return typeof body === 'string' ? body : Readable.from(body.open(signal), { objectMode: false });
}

/** Whether an answer has no body that anybody would read to its end. */
function isEmpty(method: HttpMethod, response: HttpResponse): boolean {
  return method === 'HEAD' || response.status === 204 || header(response, 'content-length') === '0';
}

/** Sends requests: pools, limits of hosts, redirects by hand, retries before a body starts. Knows nothing of registries. */
export class HttpTransport {
  readonly #dispatchers: Dispatchers;
  readonly #timeouts: Readonly<Record<'headersTimeout' | 'bodyTimeout' | 'uploadTimeout', number>>;
  readonly #retries: Retries;
  readonly #events: EventReporter;
  readonly #gates: HostGates;
  readonly #userAgent: string;
  readonly #now: () => number;

  /** @throws RegistryError `PROXY` for a proxy that is not a URL */
  constructor(options: RegistryClientOptions, retries: Retries, events: EventReporter) {
    const { headersTimeout = 30_000, bodyTimeout = 60_000, uploadTimeout = 300_000 } = options.limits ?? {};
    this.#timeouts = { headersTimeout, bodyTimeout, uploadTimeout };
    this.#dispatchers = createDispatchers(options);
    this.#retries = retries;
    this.#events = events;
    this.#gates = new HostGates(options.now ?? (() => performance.now()), (ms, signal) => retries.sleep(ms, signal));
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
      const outcome = await this.#attempt(request, attempt);
      const wait = this.#waitAfter(outcome, request, attempt);
      if (wait === undefined) {
        if (outcome instanceof RegistryError) throw outcome;
        return outcome;
      }
      if (!(outcome instanceof RegistryError)) await discard(outcome, request.signal);
      await this.#retries.sleep(wait, request.signal);
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

  /** How long to wait before the next attempt; `undefined` where this outcome is the last. */
  #waitAfter(outcome: HttpResponse | RegistryError, request: HttpRequest, attempt: number): number | undefined {
    const { replaceable = false, url } = request;
    if (outcome instanceof RegistryError) {
      if (!outcome.retryable || replaceable) return undefined;
      return this.#retries.plan({ url, attempt, reason: outcome.code });
    }
    if (isRetryableStatus(outcome.status) || isStaleRedirect(outcome)) {
      const retryAfter = this.retryAfter(outcome);
      if (replaceable && retryAfter !== undefined) return undefined;
      return this.#retries.plan({ url, attempt, reason: outcome.status, retryAfter });
    }
    this.#retries.succeeded(url, attempt);
    return undefined;
  }

  /** One attempt; connection failures are returned, so that the caller decides about them in one place. */
  async #attempt(request: HttpRequest, attempt: number): Promise<HttpResponse | RegistryError> {
    const { kind, method, signal, url } = request;
    signal?.throwIfAborted();
    const leave = await this.#gates.enter(url, request.limits, signal);
    const begun = performance.now();
    const tell = (rest: { status?: number; code?: RegistryError['code']; redirected: boolean }): void =>
      this.#events.emit({
        type: 'request',
        method,
        host: url.host,
        kind,
        attempt,
        ms: performance.now() - begun,
        ...rest,
      });
    try {
      const response = await this.#follow(request);
      if (isEmpty(method, response)) leave();
      else response.body.once('close', leave);
      tell({ status: response.status, redirected: response.redirected });
      return response;
    } catch (error) {
      leave();
      signal?.throwIfAborted();
      const failure = connectionError(error, `${method} ${printUrl(url)}`);
      tell({ code: failure.code, redirected: false });
      return failure;
    }
  }

  async #follow(request: HttpRequest): Promise<HttpResponse> {
    let url = request.url;
    let left = false;
    for (let hops = 0; ; hops++) {
      const response = await this.#once(request, url, left);
      if (!left && request.foreign !== true) this.#events.answered(url.host, response.headers);
      if (!isRedirect(request.method, response.status)) return response;
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
    const route = await this.#dispatchers.router();
    const { dispatcher, proxy } = route(url, foreign, request.tls);
    const what = `${request.method} ${printUrl(request.url)}`;
    const { body, method, signal } = request;
    const { bodyTimeout, headersTimeout, uploadTimeout } = this.#timeouts;
    const answer = dispatcher.request({
      bodyTimeout,
      // Storage behind a registry may take minutes to put the pieces of a blob together.
      headersTimeout: method === 'PUT' || method === 'PATCH' ? uploadTimeout : headersTimeout,
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: this.#headers(request, left),
      ...(body !== undefined && { body: sent(body, signal) }),
      ...(signal !== undefined && { signal }),
    });
    try {
      // As long as it has no connection, undici does not look at the signal.
      const { statusCode: status, headers, body: received } = await untilAborted(answer, signal);
      return { what, url: request.url, status, headers, redirected: left, body: received };
    } catch (error) {
      signal?.throwIfAborted();
      throw proxy === undefined ? error : proxyError(error, what, proxy);
    }
  }

  #headers({ authorization, body, headers, ownHeaders }: HttpRequest, left: boolean): Record<string, string> {
    return {
      'user-agent': this.#userAgent,
      // Digests are of the stored bytes; a proxy must not compress them on the way.
      'accept-encoding': 'identity',
      ...(!left && ownHeaders),
      ...headers,
      ...(authorization !== undefined && !left && { authorization }),
      ...(typeof body === 'object' && { 'content-length': String(body.length) }),
    };
  }
}
