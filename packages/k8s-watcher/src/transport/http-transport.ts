import type { Dispatcher } from 'undici';
import { request } from 'undici';
import { WatcherError } from '../watcher-error.ts';
import { answerError } from './answer-error.ts';
import type { ClusterTransport, LineOptions, ReadOptions, RequestQuery } from './cluster-transport.ts';
import type { CredentialSource } from './credential-source.ts';
import { describeAction } from './describe-action.ts';
import { splitLines } from './split-lines.ts';

/** Everything the transport over HTTP needs, with nothing left to default. */
export interface HttpTransportSettings {
  readonly base: URL;
  readonly credentials: CredentialSource;
  readonly dispatcher: Dispatcher;
  readonly ownsDispatcher: boolean;
  /** A list is sent as several headers. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** ms. */
  readonly idleTimeout: number;
  readonly maxBodyBytes: number;
  readonly maxLineBytes: number;
  readonly now: () => number;
}

/** Bytes of an error's body that are read; a Status object is far shorter. */
const maxErrorBytes = 64 * 1024;

interface Call {
  readonly where: string;
  readonly action: string;
  readonly url: string;
  readonly bodyTimeout: number;
  /** The caller's. */
  readonly caller: AbortSignal | undefined;
  /** The caller's and that of the transport's end. */
  readonly signal: AbortSignal;
}

/** The transport over undici. */
export class HttpTransport implements ClusterTransport {
  readonly host: string;
  readonly #settings: HttpTransportSettings;
  readonly #ending = new AbortController();

  constructor(settings: HttpTransportSettings) {
    this.host = settings.base.host;
    this.#settings = settings;
  }

  async getJson(path: string, options: ReadOptions = {}): Promise<unknown> {
    const call = this.#call(path, options);
    try {
      const answer = await this.#get(call);
      const text = await readCapped(answer.body, this.#settings.maxBodyBytes, call);
      return parseJson(text, call);
    } catch (error) {
      throw this.#explain(error, call);
    }
  }

  async *getLines(path: string, options: LineOptions = {}): AsyncGenerator<string, void, undefined> {
    const call = this.#call(path, options);
    const { maxLineBytes } = this.#settings;
    try {
      const { body } = await this.#get(call);
      options.onOpen?.();
      yield* splitLines(body, maxLineBytes, () => tooLarge(call, `a line exceeds ${maxLineBytes} bytes`));
    } catch (error) {
      throw this.#explain(error, call);
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    if (this.#settings.ownsDispatcher) await this.#settings.dispatcher.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #call(path: string, { query = {}, signal, idleTimeout }: LineOptions): Call {
    signal?.throwIfAborted();
    const { base } = this.#settings;
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
    url.search = encodeQuery(query);
    return {
      where: `GET ${this.host}${url.pathname}`,
      action: describeAction(path, query),
      url: url.href,
      bodyTimeout: idleTimeout ?? this.#settings.idleTimeout,
      caller: signal,
      signal: signal === undefined ? this.#ending.signal : AbortSignal.any([signal, this.#ending.signal]),
    };
  }

  /** The answer, its status 200. A refused credential is fetched anew once. */
  async #get(call: Call): Promise<Dispatcher.ResponseData> {
    const { credentials, now } = this.#settings;
    for (let isRetry = false; ; isRetry = true) {
      const answer = await this.#send(call);
      if (answer.statusCode === 200) return answer;
      const body = await readCapped(answer.body, maxErrorBytes, call);
      if (answer.statusCode === 401 && credentials.refused() && !isRetry) continue;
      const retryAfter = answer.headers['retry-after'];
      throw answerError({
        where: call.where,
        action: call.action,
        status: answer.statusCode,
        body,
        retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
        now: now(),
      });
    }
  }

  async #send(call: Call): Promise<Dispatcher.ResponseData> {
    call.signal.throwIfAborted();
    const { credentials, dispatcher, headers, idleTimeout } = this.#settings;
    const authorization = await credentials.authorization({ signal: call.signal });
    return await request(call.url, {
      method: 'GET',
      headers: authorization === undefined ? headers : { ...headers, authorization },
      headersTimeout: idleTimeout,
      bodyTimeout: call.bodyTimeout,
      signal: call.signal,
      dispatcher,
    });
  }

  #explain(error: unknown, call: Call): unknown {
    if (call.caller?.aborted) return call.caller.reason;
    if (this.#ending.signal.aborted) return new WatcherError('CLOSED', `${call.where}: the transport was closed`);
    if (error instanceof WatcherError) return error;
    const code = (error as { code?: unknown } | null)?.code;
    if (typeof code === 'string' && /^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code)) {
      return new WatcherError('TIMEOUT', `${call.where}: nothing came in time`, { cause: error });
    }
    const what = typeof code === 'string' && /^\w{1,60}$/.test(code) ? ` (${code})` : '';
    return new WatcherError('NETWORK', `${call.where}: the connection failed${what}`, {
      cause: error,
      hint: /CERT|SIGNED|ISSUER|ALTNAME/.test(what) ? "Give the cluster's certificate authority as `ca`." : undefined,
    });
  }
}

async function readCapped(body: AsyncIterable<Buffer>, maxBytes: number, call: Call): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop destroys the body, and with it the connection.
    if (size > maxBytes) throw tooLarge(call, `the answer exceeds ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

function parseJson(text: string, { where }: Call): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may be a Secret.
    throw new WatcherError('RESPONSE_INVALID', `${where}: the answer is not JSON`);
  }
}

function tooLarge({ where }: Call, what: string): WatcherError {
  return new WatcherError('RESPONSE_TOO_LARGE', `${where}: ${what}`);
}

function encodeQuery(query: RequestQuery): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, `${value}`);
  }
  return parameters.toString();
}
