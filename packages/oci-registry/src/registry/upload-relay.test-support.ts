import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a registry that breaks on purpose. */
export interface CuttingRelay extends AsyncDisposable {
  /** `127.0.0.1:PORT`, to be used instead of the registry's. */
  readonly host: string;
  /** Connections that have been broken. */
  readonly cuts: number;
  /** Breaks the connection that carries the next `after` bytes to the registry; so many times. */
  cut(after: number, times: number): void;
}

/** Starts a relay to a registry on loopback. The bytes before the cut arrive. */
export async function startCuttingRelay(registry: string): Promise<CuttingRelay> {
  const port = Number(registry.split(':')[1]);
  const sockets = new Set<Socket>();
  const state = { after: Number.POSITIVE_INFINITY, left: 0, cuts: 0 };
  const server: Server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // A reset is what this relay is for.
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (chunk) => {
      state.after -= state.left > 0 ? chunk.length : 0;
      if (state.left > 0 && state.after <= 0) {
        state.left -= 1;
        state.cuts += 1;
        state.after = cutAfter;
        upstream.end(chunk.subarray(0, Math.max(0, chunk.length - 1)));
        client.destroy();
      } else if (!upstream.destroyed) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => client.write(chunk));
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
  });
  let cutAfter = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return state.cuts;
    },
    cut(after, times) {
      cutAfter = after;
      state.after = after;
      state.left = times;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
