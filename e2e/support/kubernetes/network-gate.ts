import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../loopback-port.ts';

/** A way to a server that can be cut and mended. What goes through is not looked at, so TLS is as without it. */
export interface NetworkGate extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** Resets all connections, and every new one, until `mend`. */
  cut(): void;
  mend(): void;
}

/** Opens a gate on a free loopback port to the server of an URL on 127.0.0.1. */
export async function openNetworkGate(target: string): Promise<NetworkGate> {
  const { port } = new URL(target);
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket, other: () => Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      other().destroy();
    });
    // An error closes the socket, and that closes its other end, which is all there is to tell.
    return socket.on('error', () => socket.destroy());
  };
  const server = createServer((near) => {
    if (isCut) {
      near.resetAndDestroy();
      return;
    }
    const far: Socket = connect(Number(port), '127.0.0.1');
    keep(near, () => far)
      .pipe(keep(far, () => near))
      .pipe(near);
  });
  return {
    url: `https://127.0.0.1:${await listenOnLoopback(server)}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    mend() {
      isCut = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
