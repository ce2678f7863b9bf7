import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';

/** A server that does what a test wants of it, and counts its connections. */
export interface LoopbackServer {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly url: string;
  /** Requests so far, oldest first. */
  readonly requests: readonly IncomingMessage[];
  /** Connections that are open now. */
  readonly openConnections: number;
}

/** Starts a server whose answers are all the work of `answer`; it lives until the test ends. */
export async function loopbackServer(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<LoopbackServer> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, requests.length);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  untilTestEnds({
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    requests,
    get openConnections() {
      return sockets.size;
    },
  };
}

/** Sends the first bytes of a body that was announced whole, then cuts the connection. */
export function sendCut(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: Uint8Array,
): void {
  response.writeHead(status, headers);
  response.flushHeaders();
  response.write(body, () => response.destroy());
}
