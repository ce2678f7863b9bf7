import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** An HTTP or HTTPS server on loopback that knows its connections. */
export class LoopbackServer {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  /** @param tls what https is served with; plain http without */
  constructor(listener: RequestListener, tls: ServerOptions | undefined) {
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.#server.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  /** TCP connections that are open now, idle ones included. */
  get openConnections(): number {
    return this.#connections.size;
  }

  /** Begins to serve; the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops serving and cuts every connection, also one that has not got through its handshake. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const ended = [...this.#connections].map((socket) => {
      const end = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.destroy();
      return end;
    });
    this.#server.closeAllConnections();
    await Promise.all([closed, ...ended]);
  }
}
