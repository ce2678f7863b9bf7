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
}

/** What a host of the double does about it: an answer, a cut connection, or silence. */
export type HostReaction =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON; without it the answer has no body. */
      readonly json?: unknown;
    }
  | 'reset'
  | 'hang';

/** A loopback HTTP server of the double. */
export interface HostServer {
  /** Origin. */
  readonly url: string;
  /** Connections that are open now. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts a host on a free port of 127.0.0.1. A body over `maxBody` bytes is answered 413 unread. */
export async function startHost(
  react: (request: HostRequest) => Promise<HostReaction>,
  maxBody: number,
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  react: (request: HostRequest) => Promise<HostReaction>,
  maxBody: number,
): Promise<void> {
  const body = await readBody(request, maxBody);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close', 'content-length': '0' }).end();
    return;
  }
  const { pathname, search } = new URL(request.url ?? '/', 'http://double.invalid');
  const { method = 'GET', headers } = request;
  const reaction = await react({ method, path: pathname, query: search, headers, body });
  if (reaction === 'reset') {
    request.socket.resetAndDestroy();
  } else if (reaction !== 'hang') {
    const text = reaction.json === undefined ? '' : JSON.stringify(reaction.json);
    const type = text === '' ? {} : { 'content-type': 'application/json' };
    response.writeHead(reaction.status, {
      ...reaction.headers,
      ...type,
      'content-length': String(Buffer.byteLength(text)),
    });
    response.end(text);
  }
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
