import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a registry on loopback that breaks on purpose. */
export interface BreakingRelay extends AsyncDisposable {
  /** `127.0.0.1:PORT`, to be used instead of the registry's. */
  readonly host: string;
  /** How often it has broken: once, or not yet. */
  breaks(): number;
}

/** Relays to a registry, until the first piece of data to it that `breaks` says so of; nothing of that arrives. */
export async function breakingRelay(registry: string, breaks: (chunk: Buffer) => boolean): Promise<BreakingRelay> {
  const sockets = new Set<Socket>();
  let broken = 0;
  const server = createServer((near) => {
    const far = connect(Number(registry.split(':')[1]), '127.0.0.1');
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()));
    near.on('data', (chunk) => {
      if (broken > 0 || !breaks(chunk)) far.write(chunk);
      else {
        broken += 1;
        near.destroy();
      }
    });
    far.on('data', (chunk) => near.write(chunk));
    near.on('close', () => far.end());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    breaks: () => broken,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Breaks in the middle of a body, after so many bytes. */
export function afterBytes(left: number): (chunk: Buffer) => boolean {
  return (chunk) => {
    left -= chunk.length;
    return left < 0;
  };
}
