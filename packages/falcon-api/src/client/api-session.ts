import type { Dispatcher } from 'undici';
import type { AccessToken } from '../auth/access-token.ts';
import type { TokenSource } from '../auth/token-source.ts';
import { FalconError } from '../falcon-error.ts';
import { answerFailure } from '../http/answer-failure.ts';
import { answerError, type Exchange, exchange } from '../http/exchange.ts';
import { type RetrySettings, withRetry } from '../http/retry.ts';
import { readJson } from '../wire/msa.ts';

/** One call of the API, on whichever host. */
export interface ApiCall {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly body?: Buffer;
  /** The scope it needs, as `name:read` or `name:write`. */
  readonly scope: string;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
}

/** What a session is made of. */
export interface ApiSessionParts {
  readonly tokenSource: TokenSource;
  readonly dispatcher: Dispatcher;
  readonly userAgent: string;
  readonly retry: RetrySettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Bytes of an answer that are read; the largest real one, a registry password, has some hundred. */
const maxAnswer = 1024 * 1024;

/** Makes calls with a bearer token: renews it once after a 401, and tries again what fails for a passing reason. */
export class ApiSession {
  readonly #parts: ApiSessionParts;
  readonly #closing = new AbortController();

  constructor(parts: ApiSessionParts) {
    this.#parts = parts;
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
   * @param host - Asked for each attempt, after the token: only then the home region is known.
   */
  async send(call: ApiCall, host: () => string, signal: AbortSignal | undefined): Promise<Exchange> {
    const either = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    either.throwIfAborted();
    return withRetry(() => this.#attempt(call, host, either), this.#parts.retry, either);
  }

  /** The JSON document of a successful `GET` on the API host. */
  async getJson(call: ApiCall, signal: AbortSignal | undefined): Promise<{ document: unknown; answer: Exchange }> {
    const answer = await this.send(call, () => this.tokenSource.apiUrl, signal);
    const document = readJson(answer.body);
    if (document === undefined) {
      throw answerError('RESPONSE_INVALID', answer, 'the answer is no JSON');
    }
    return { document, answer };
  }

  async #attempt(call: ApiCall, host: () => string, signal: AbortSignal): Promise<Exchange> {
    let token = await this.tokenSource.token({ signal });
    let answer = await this.#exchange(call, host, token, signal);
    if (answer.status === 401) {
      // Revoked, or expired earlier than it said: a new token settles it, or it is not the token.
      this.tokenSource.invalidate(token);
      token = await this.tokenSource.token({ signal });
      answer = await this.#exchange(call, host, token, signal);
    }
    if (answer.status < 200 || answer.status >= 300) {
      throw answerFailure(answer, { scope: call.scope, secrets: [token.value], now: this.#parts.now() });
    }
    return answer;
  }

  async #exchange(call: ApiCall, host: () => string, token: AccessToken, signal: AbortSignal): Promise<Exchange> {
    return exchange({
      method: call.method,
      url: `${host()}${call.path}`,
      headers: {
        authorization: `Bearer ${token.value}`,
        // The cloud wants it on calls without a body, too.
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': this.#parts.userAgent,
      },
      ...(call.body === undefined ? {} : { body: call.body }),
      dispatcher: this.#parts.dispatcher,
      timeout: call.timeout,
      maxBytes: maxAnswer,
      signal,
    });
  }
}
