import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** Makes a server listen on a TCP port of 127.0.0.1 that the kernel chooses; gives the port. */
export async function listenOnLoopback(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port');
  return address.port;
}

/** A TCP port of 127.0.0.1 that nobody listens on, for a program that has to be told one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody listens on a TCP port of 127.0.0.1; rejects where nobody does. */
export async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}
