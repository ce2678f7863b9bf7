import { connect } from 'node:net';
import type { DescService } from '@bufbuild/protobuf';
import { type Client, Code, ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { RuntimeErrorCode } from '../runtime-error.ts';
import { RuntimeError } from '../runtime-error.ts';
import { socketError } from '../wire/socket-error.ts';
import { assertHttp2 } from './assert-http2.ts';

/** Largest message, in bytes: containerd sends content in pieces of at most 1 MiB, and lists of a node stay below. */
const messageBytes = 64 * 1024 * 1024;
/** Bytes that may be on their way in one stream before they are acknowledged. */
const windowBytes = 4 * 1024 * 1024;

/** Options of a call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Code for gRPC's NOT_FOUND, `IMAGE_UNKNOWN` by default. */
  readonly notFound?: RuntimeErrorCode | undefined;
}

/** Sends a request with connect's options. */
export type UnaryCall<T> = (options: { readonly signal?: AbortSignal; readonly timeoutMs: number }) => Promise<T>;

/** gRPC over a unix socket; every request carries the same headers. */
export class GrpcConnection {
  readonly socketPath: string;
  readonly #sessions: Http2SessionManager;
  readonly #transport: Transport;
  #isHttp2 = false;
  #isClosed = false;

  constructor(socketPath: string, headers: Readonly<Record<string, string>> = {}) {
    this.socketPath = socketPath;
    const baseUrl = 'http://localhost';
    this.#sessions = new Http2SessionManager(baseUrl, undefined, {
      createConnection: () => connect(socketPath),
      settings: { initialWindowSize: windowBytes },
    });
    const addHeaders: Interceptor = (next) => (request) => {
      for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
      return next(request);
    };
    this.#transport = createGrpcTransport({
      baseUrl,
      sessionManager: this.#sessions,
      interceptors: [addHeaders],
      readMaxBytes: messageBytes,
    });
  }

  /** The methods of a service, to be used within `call` and `stream`. */
  client<T extends DescService>(service: T): Client<T> {
    return createClient(service, this.#transport);
  }

  /** Waits for one answer. @throws RuntimeError */
  async call<T>(what: string, request: UnaryCall<T>, { signal, notFound }: CallOptions = {}): Promise<T> {
    signal?.throwIfAborted();
    await this.#prepare(what, signal);
    try {
      return await request({ ...(signal && { signal }), timeoutMs: 30_000 });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#grpcError(error, what, notFound);
    }
  }

  /** Passes a stream of answers on; leaving the loop ends it at the other side too. */
  async *stream<T>(
    what: string,
    request: (options: { readonly signal: AbortSignal }) => AsyncIterable<T>,
    { signal, notFound }: CallOptions = {},
  ): AsyncGenerator<T, void, undefined> {
    signal?.throwIfAborted();
    await this.#prepare(what, signal);
    const leaving = new AbortController();
    const either = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
    const answers = request({ signal: either })[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await answers.next().catch((error: unknown) => {
          signal?.throwIfAborted();
          throw this.#grpcError(error, what, notFound);
        });
        if (done) return;
        yield value;
      }
    } finally {
      leaving.abort();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#sessions.abort(new RuntimeError('CLOSED', `${this.socketPath}: the runtime was closed`));
  }

  async #prepare(what: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.#isClosed) throw new RuntimeError('CLOSED', `${this.#where(what)}: the runtime was closed`);
    if (!this.#isHttp2) await assertHttp2(this.socketPath, this.#where(what), signal);
    this.#isHttp2 = true;
  }

  #grpcError(error: unknown, what: string, notFound: RuntimeErrorCode = 'IMAGE_UNKNOWN'): RuntimeError {
    const where = this.#where(what);
    const cause = ConnectError.from(error);
    if (this.#isClosed) return new RuntimeError('CLOSED', `${where}: the runtime was closed`, { cause });
    const message = `${where}: ${cause.rawMessage.slice(0, 300)}`;
    switch (cause.code) {
      case Code.NotFound:
        return new RuntimeError(notFound, message, { cause });
      case Code.PermissionDenied:
      case Code.Unauthenticated:
        return new RuntimeError('PERMISSION', message, { cause });
      case Code.Unimplemented:
        return new RuntimeError('UNSUPPORTED', message, { cause });
      case Code.ResourceExhausted:
        return new RuntimeError('TOO_LARGE', message, { cause });
      case Code.InvalidArgument:
        // What connect says of a stream that ended in the middle of a message, because who sent it went away.
        if (cause.rawMessage.endsWith('incomplete envelope')) return socketError(cause, where);
        return new RuntimeError('INVALID_RESPONSE', message, { cause });
      case Code.DataLoss:
      case Code.OutOfRange:
        return new RuntimeError('INVALID_RESPONSE', message, { cause });
      default:
        // What is left is the connection's: the socket is missing, closed to us, or nobody is behind it.
        return socketError(cause, where);
    }
  }

  #where(what: string): string {
    return `${what} at ${this.socketPath}`;
  }
}
