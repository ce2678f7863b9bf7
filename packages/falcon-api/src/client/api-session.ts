import type { Dispatcher } from 'undici';
import type { AccessToken } from '../auth/access-token.ts';
import type { TokenSource } from '../auth/token-source.ts';
import { FalconError } from '../falcon-error.ts';
import { answerFailure } from '../http/answer-failure.ts';
import { CallPace } from '../http/call-pace.ts';
import { answerError, type Exchange, type ExchangeRequest, exchange } from '../http/exchange.ts';
import type { NoticeListener } from '../http/falcon-notice.ts';
import { PacedCalls } from '../http/paced-calls.ts';
import { type RetrySettings, withRetry } from '../http/retry.ts';
import { type StreamedExchange, streamExchange } from '../http/stream-exchange.ts';
import { readJson } from '../wire/msa.ts';

/** One call of the API, on whichever host. */
export interface ApiCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Without its question mark. */
  readonly query?: string;
  readonly body?: Buffer;
  /** Further headers, by their lower-case names; they win over the session's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Attempts at most, where the session's policy would allow more. */
  readonly attempts?: number;
  /** The scope it needs, as `name:read` or `name:write`. */
  readonly scope: string;
  /** Texts in the body that no message may quote, should the cloud repeat them. */
  readonly secrets?: readonly string[];
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** Bytes of the answer that are read. Default 1 MiB. */
  readonly maxBytes?: number;
  /** What a 404 says of this call. Default: that the host does not serve the path. */
  readonly notFound?: string;
  /**
   * `unprocessed` where a second arrival would do something twice: then it is made again only after a 429 that names a
   * time to come back. Default `always`.
   */
  readonly repeat?: 'always' | 'unprocessed';
}

/** What a session is made of. */
export interface ApiSessionParts {
  readonly tokenSource: TokenSource;
  readonly dispatcher: Dispatcher;
  readonly userAgent: string;
  readonly retry: RetrySettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of what an operator may want to know. */
  readonly onNotice?: NoticeListener | undefined;
}

/** Bytes of an answer that are read unless the call says otherwise. */
const maxAnswer = 1024 * 1024;

/**
 * Makes calls with a bearer token: renews it once after a 401, tries again what fails for a passing reason, and keeps the
 * pace that the token source shares with all its clients.
 */
export class ApiSession {
  readonly #parts: ApiSessionParts;
  readonly #calls: PacedCalls;
  readonly #closing = new AbortController();

  constructor(parts: ApiSessionParts) {
    const { tokenSource, retry, now, onNotice } = parts;
    this.#parts = parts;
    this.#calls = new PacedCalls({ pace: tokenSource.pace ?? new CallPace(), retry, now, onNotice });
  }

  get tokenSource(): TokenSource {
    return this.#parts.tokenSource;
  }

  /** Ends every call that runs and refuses new ones. */
  close(): void {
    this.#closing.abort(new FalconError('CLOSED', 'Falcon client: it was closed'));
  }

  /**
   * Makes a call on one host and gives its successful answer.
   *
   * @param host - Asked right before each request: only after the token the home region is known, and what is waited for
   *   the cloud's sake has been waited.
   */
  async send(call: ApiCall, host: () => string, signal: AbortSignal | undefined): Promise<Exchange> {
    const either = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    either.throwIfAborted();
    return withRetry(() => this.#attempt(call, host, either, exchange), retryOf(call, this.#parts.retry), either);
  }

  /**
   * Makes a call on one host and gives its successful answer with the body still to be read. Retries end where the body
   * begins.
   */
  async open(call: ApiCall, host: () => string, signal: AbortSignal | undefined): Promise<StreamedExchange> {
    const either = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    either.throwIfAborted();
    return withRetry(() => this.#attempt(call, host, either, streamExchange), retryOf(call, this.#parts.retry), either);
  }

  /** The JSON document of a successful call on the API host. */
  async getJson(call: ApiCall, signal: AbortSignal | undefined): Promise<{ document: unknown; answer: Exchange }> {
    const answer = await this.send(call, () => this.tokenSource.apiUrl, signal);
    const document = readJson(answer.body);
    if (document === undefined) {
      throw answerError('RESPONSE_INVALID', answer, 'the answer is no JSON');
    }
    return { document, answer };
  }

  async #attempt<E extends Exchange>(
    call: ApiCall,
    host: () => string,
    signal: AbortSignal,
    transport: Transport<E>,
  ): Promise<E> {
    const name = `${call.method} ${call.path}`;
    await this.#calls.rest(name, signal);
    let token = await this.tokenSource.token({ signal });
    const make = () => transport(this.#request(call, host, token, signal));
    let answer = await this.#calls.start(name, make, signal);
    if (answer.status === 401) {
      // Revoked, or expired earlier than it said: a new token settles it, or it is not the token.
      this.tokenSource.invalidate(token);
      token = await this.tokenSource.token({ signal });
      answer = await this.#calls.start(name, make, signal);
    }
    if (answer.status < 200 || answer.status >= 300) {
      throw answerFailure(answer, {
        scope: call.scope,
        secrets: [token.value, ...(call.secrets ?? [])],
        now: this.#parts.now(),
        notFound: call.notFound,
      });
    }
    return answer;
  }

  #request(call: ApiCall, host: () => string, token: AccessToken, signal: AbortSignal): ExchangeRequest {
    return {
      method: call.method,
      url: `${host()}${call.path}`,
      query: call.query,
      headers: {
        authorization: `Bearer ${token.value}`,
        // The cloud wants it on calls without a body, too.
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': this.#parts.userAgent,
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: call.body }),
      dispatcher: this.#parts.dispatcher,
      timeout: call.timeout,
      maxBytes: call.maxBytes ?? maxAnswer,
      signal,
    };
  }
}

/** Sends one request, whatever becomes of the body. */
type Transport<E extends Exchange> = (request: ExchangeRequest) => Promise<E>;

function retryOf(call: ApiCall, retry: RetrySettings): RetrySettings {
  const accepts = (error: FalconError) => error.code === 'RATE_LIMITED' && error.retryAfter !== undefined;
  const counted = call.attempts === undefined ? retry : { ...retry, attempts: Math.min(call.attempts, retry.attempts) };
  return call.repeat === 'unprocessed' ? { ...counted, accepts } : counted;
}
