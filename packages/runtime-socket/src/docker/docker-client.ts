import { Agent, type Dispatcher } from 'undici';
import type { z } from 'zod';
import type { RuntimeKind } from '../endpoint/runtime-endpoint.ts';
import { RuntimeError } from '../runtime-error.ts';
import { parseDocument } from '../wire/parse-document.ts';
import { readCapped } from '../wire/read-capped.ts';
import { socketError } from '../wire/socket-error.ts';
import { type EngineVersion, engineVersionSchema } from './engine-documents.ts';

/** Newest version of Docker's API that this package was written for; older daemons get an older one. */
const knownApi = '1.41';
/** Largest JSON answer, in bytes: a node with thousands of containers stays below. */
const answerBytes = 64 * 1024 * 1024;
const errorBytes = 64 * 1024;
/** Times without a byte, in ms. Before its first byte an export may be written to the daemon's disk as a whole. */
const quickTimeout = 30_000;
const exportStartTimeout = 30 * 60_000;
const exportIdleTimeout = 5 * 60_000;

interface Request {
  readonly path: string;
  readonly timeouts: { readonly headersTimeout: number; readonly bodyTimeout: number };
  readonly signal: AbortSignal | undefined;
}

/** Speaks HTTP with Docker's API over a unix socket. */
export class DockerClient {
  readonly kind: RuntimeKind;
  readonly socketPath: string;
  readonly #agent: Agent;
  #version: EngineVersion | undefined;

  constructor(kind: RuntimeKind, socketPath: string) {
    this.kind = kind;
    this.socketPath = socketPath;
    this.#agent = new Agent({ connect: { socketPath }, keepAliveTimeout: 4_000 });
  }

  /** Version of the daemon; asked once for all that follows, and anew by every call of this. */
  async version(signal: AbortSignal | undefined): Promise<EngineVersion> {
    this.#version = await this.#document('/version', engineVersionSchema, signal);
    return this.#version;
  }

  /** The `Date` of the daemon's answer to a ping, in seconds since 1970: its clock, not ours, stamps its events. */
  async now(signal: AbortSignal | undefined): Promise<number> {
    const timeouts = { headersTimeout: quickTimeout, bodyTimeout: quickTimeout };
    const { headers, body } = await this.#request({ path: '/_ping', timeouts, signal });
    await readCapped(this.#read(body, '/_ping', signal), errorBytes, this.#where('/_ping'));
    const date = Date.parse(String(headers.date));
    if (Number.isNaN(date)) throw new RuntimeError('INVALID_RESPONSE', `${this.#where('/_ping')}: it has no Date`);
    return date / 1000;
  }

  /** Gets and checks a JSON document. `path` is without the version. */
  async get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#document((await this.#prefix(signal)) + path, schema, signal);
  }

  /** Streams events, which may take long to come. */
  async *events(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#stream(path, { headersTimeout: 0, bodyTimeout: 0 }, signal);
  }

  /** Streams an export. */
  async *export(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#stream(path, { headersTimeout: exportStartTimeout, bodyTimeout: exportIdleTimeout }, signal);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #document<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal | undefined): Promise<T> {
    const timeouts = { headersTimeout: quickTimeout, bodyTimeout: quickTimeout };
    const { body } = await this.#request({ path, timeouts, signal });
    const bytes = await readCapped(this.#read(body, path, signal), answerBytes, this.#where(path));
    return parseDocument(bytes, schema, this.#where(path));
  }

  async *#stream(
    path: string,
    timeouts: Request['timeouts'],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const versioned = (await this.#prefix(signal)) + path;
    const { body } = await this.#request({ path: versioned, timeouts, signal });
    yield* this.#read(body, versioned, signal);
  }

  /** Sends a request; answers other than 200 become errors. */
  async #request({ path, timeouts, signal }: Request): Promise<Dispatcher.ResponseData> {
    signal?.throwIfAborted();
    let answer: Dispatcher.ResponseData;
    try {
      answer = await this.#agent.request({
        origin: 'http://localhost',
        path,
        method: 'GET',
        signal: signal ?? null,
        ...timeouts,
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw socketError(error, this.#where(path));
    }
    if (answer.statusCode === 200) return answer;
    throw await this.#refusal(answer, path, signal);
  }

  /** Passes a body on; leaving the loop closes its connection. */
  async *#read(
    body: AsyncIterable<Uint8Array>,
    path: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const source = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.#next(source, path, signal);
        if (done) return;
        yield value;
      }
    } finally {
      await source.return?.();
    }
  }

  async #next(
    source: AsyncIterator<Uint8Array>,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<IteratorResult<Uint8Array>> {
    try {
      return await source.next();
    } catch (error) {
      signal?.throwIfAborted();
      throw socketError(error, this.#where(path));
    }
  }

  async #refusal(
    { statusCode, body }: Dispatcher.ResponseData,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<RuntimeError> {
    const bytes = await readCapped(this.#read(body, path, signal), errorBytes, this.#where(path));
    const text = bytes.toString();
    const message = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1] ?? JSON.stringify(text);
    const what = `${this.#where(path)}: status ${statusCode}: ${message.slice(0, 300)}`;
    if (statusCode === 404) return new RuntimeError('IMAGE_UNKNOWN', what);
    if (statusCode === 401 || statusCode === 403) return new RuntimeError('PERMISSION', what);
    if (statusCode >= 500) return new RuntimeError('UNAVAILABLE', what, { retryable: true });
    if (/api version|client version/i.test(message)) return new RuntimeError('UNSUPPORTED', what);
    return new RuntimeError('INVALID_RESPONSE', what);
  }

  /** The API version that both sides know, as the beginning of a path. */
  async #prefix(signal: AbortSignal | undefined): Promise<string> {
    const { ApiVersion: newest, MinAPIVersion: oldest = '1.0' } = this.#version ?? (await this.version(signal));
    const number = (version: string): number => Number(version.split('.')[1] ?? 0);
    if (number(newest) < number(knownApi)) return `/v${newest}`;
    return number(oldest) > number(knownApi) ? `/v${oldest}` : `/v${knownApi}`;
  }

  /** For messages, without the query. */
  #where(path: string): string {
    return `GET ${this.socketPath}${path.split('?')[0]}`;
  }
}
