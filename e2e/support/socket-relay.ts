import { rm } from 'node:fs/promises';
import {
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** A unix socket through which a runtime is spoken to, and which sees what is asked. */
export interface SocketRelay extends AsyncDisposable {
  readonly socketPath: string;
  /**
   * What clients asked for, oldest first: `GET /v1.41/images/…/get`; of gRPC the path, followed by the digests that the
   * request names.
   */
  readonly requests: readonly string[];
  /** Lets so many more bytes pass to the client and stops then; settles when it has. */
  hold(bytes: number): Promise<void>;
  /** Lets everything pass again. */
  release(): void;
}

/** What passes to clients, and where it is stopped. */
class Gate {
  #left = Number.POSITIVE_INFINITY;
  #reached = Promise.withResolvers<void>();
  #opened = Promise.withResolvers<void>();

  hold(bytes: number): Promise<void> {
    this.#left = bytes;
    this.#reached = Promise.withResolvers<void>();
    this.#opened = Promise.withResolvers<void>();
    return this.#reached.promise;
  }

  release(): void {
    this.#left = Number.POSITIVE_INFINITY;
    this.#opened.resolve();
  }

  async *pass(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of chunks) {
      yield chunk;
      this.#left -= chunk.length;
      if (this.#left > 0) continue;
      this.#reached.resolve();
      await this.#opened.promise;
    }
  }
}

/** Relays Docker's API, which is HTTP/1.1. */
export async function relayHttp(target: string, socketPath: string): Promise<SocketRelay> {
  const gate = new Gate();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    let line = '';
    client.on('data', (chunk: Buffer) => {
      const lines = (line + chunk.toString('latin1')).split('\r\n');
      line = lines.pop() ?? '';
      for (const text of lines) {
        const [, request] = /^([A-Z]+ \S+) HTTP\/1\.1$/.exec(text) ?? [];
        if (request !== undefined) requests.push(request);
      }
    });
    void relayEnds(client, upstream, [pipeline(client, upstream), pipeline(upstream, (all) => gate.pass(all), client)]);
  });
  return await listen(server, socketPath, { gate, requests, sockets });
}

/** Relays gRPC, which is HTTP/2 without TLS. */
export async function relayGrpc(target: string, socketPath: string): Promise<SocketRelay> {
  const gate = new Gate();
  const requests: string[] = [];
  const sockets = new Set<{ destroy(): void }>();
  const server = createHttp2Server();
  server.on('session', (session) => {
    const upstream = connectHttp2('http://localhost', { createConnection: () => connect(target) });
    for (const [one, other] of [[session, upstream] as const, [upstream, session] as const]) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    session.on('stream', (stream, headers) => {
      const call = upstream.request(headers, { endStream: false });
      const answered = answer(call, stream);
      const asked = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
        let text = '';
        for await (const chunk of chunks) {
          text += chunk.toString('latin1');
          yield chunk;
        }
        requests.push([headers[':path'], ...(text.match(/sha256:[0-9a-f]{64}/g) ?? [])].join(' '));
      };
      // Node lets a stream end as if it were whole when its connection is cut.
      const whole = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
        yield* gate.pass(chunks);
        if (!answered.isWhole) throw new Error('the answer was cut');
      };
      const both = [pipeline(stream, asked, call), pipeline(call, whole, stream)];
      void relayEnds(stream, call, both);
    });
  });
  return await listen(server, socketPath, { gate, requests, sockets });
}

/** The head and the trailers of an answer; its status stands in either. */
function answer(call: ClientHttp2Stream, stream: ServerHttp2Stream): { readonly isWhole: boolean } {
  let isWhole = false;
  let trailers: IncomingHttpHeaders = {};
  call.on('trailers', (received) => {
    trailers = received;
    isWhole = true;
  });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  call.on('response', (headers, flags) => {
    if (stream.closed || stream.destroyed) return;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    isWhole ||= endStream;
    stream.respond(headers, endStream ? { endStream } : { waitForTrailers: true });
  });
  return {
    get isWhole() {
      return isWhole;
    },
  };
}

interface Destroyable {
  destroy(): void;
}

/** A side that breaks takes the other with it: that is what a broken connection looks like. */
async function relayEnds(one: Destroyable, other: Destroyable, ways: readonly Promise<void>[]): Promise<void> {
  try {
    await Promise.all(ways);
  } catch {
    one.destroy();
    other.destroy();
  }
}

interface Relaying {
  readonly gate: Gate;
  readonly requests: readonly string[];
  readonly sockets: ReadonlySet<Destroyable>;
}

async function listen(server: Server, socketPath: string, { gate, requests, sockets }: Relaying): Promise<SocketRelay> {
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    ...{ socketPath, requests },
    hold: (bytes) => gate.hold(bytes),
    release: () => gate.release(),
    async [Symbol.asyncDispose]() {
      gate.release();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
