import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as a host of the double received it, body included. */
export interface HostRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body was longer than the limit and left unread; `body` is empty. */
  readonly oversized?: boolean;
}

/** What a host of the double does about it: an answer, a cut connection, or silence. */
export type HostReaction =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON; without it and `content` the answer has no body. */
      readonly json?: unknown;
      readonly content?: { readonly type: string; readonly bytes: Uint8Array };
      /** The connection is cut in the middle of the answer. */
      readonly truncated?: boolean;
    }
  | 'reset'
  | 'hang';

type HostAnswer = Exclude<HostReaction, string>;

/** An HTTP server of the double. */
export interface HostServer {
  /** Origin. */
  readonly url: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  close(): Promise<void>;
}

/**
 * Starts a host.
 *
 * @param maxBody - Bytes; a request with a longer body is given on without it, marked as `oversized`.
 * @param listen - Default: a free port of 127.0.0.1.
 * @throws what `node:net` throws where it cannot listen there
 */
export async function startHost(
  react: (request: HostRequest) => Promise<HostReaction>,
  maxBody: number,
  listen: { readonly address?: string; readonly port?: number } = {},
): Promise<HostServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    // It fails where the caller leaves in the middle of a body: there is nobody left to answer.
    serve(request, response, react, maxBody).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const address = listen.address ?? '127.0.0.1';
  server.listen(listen.port ?? 0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${urlHost(address)}:${port}`,
    port,
    get connections() {
      return sockets.size;
    },
    async close() {
      if (server.listening) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

/** The address as it stands in a URL; a host that listens everywhere is reached on this machine. */
function urlHost(address: string): string {
  if (address === '0.0.0.0' || address === '::') {
    return '127.0.0.1';
  }
  return address.includes(':') ? `[${address}]` : address;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  react: (request: HostRequest) => Promise<HostReaction>,
  maxBody: number,
): Promise<void> {
  const body = await readBody(request, maxBody);
  const { pathname, search } = new URL(request.url ?? '/', 'http://double.invalid');
  const { method = 'GET', headers } = request;
  const given = { method, path: pathname, query: search, headers };
  const reaction = await react(
    body === undefined ? { ...given, body: Buffer.alloc(0), oversized: true } : { ...given, body },
  );
  if (reaction === 'reset') {
    request.socket.resetAndDestroy();
  } else if (reaction !== 'hang') {
    // What is left of an oversized body would be taken for the next request.
    const close = body === undefined ? { connection: 'close' } : {};
    answer(response, { ...reaction, headers: { ...reaction.headers, ...close } }, method);
  }
}

function answer(response: ServerResponse, reaction: HostAnswer, method: string): void {
  const { status, headers, json, content, truncated = false } = reaction;
  const type = content?.type ?? (json === undefined ? undefined : 'application/json');
  const bytes = content?.bytes ?? Buffer.from(json === undefined ? '' : JSON.stringify(json));
  const kind = type === undefined ? {} : { 'content-type': type };
  // An answer without a body has nothing to cut but the promise of one.
  const length = truncated ? bytes.length + 1 : bytes.length;
  response.writeHead(status, { ...headers, ...kind, 'content-length': String(length) });
  if (!truncated) {
    response.end(bytes);
    return;
  }
  // To a HEAD the headers are the whole answer: it gets nothing.
  if (method !== 'HEAD') {
    response.flushHeaders();
    response.write(bytes.subarray(0, bytes.length / 2));
  }
  response.socket?.destroySoon();
}

async function readBody(request: IncomingMessage, maxBody: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed on leaving, so that the refusal can still be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
