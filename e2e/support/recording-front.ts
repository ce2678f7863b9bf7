import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** A loopback address in front of a registry that sees what is asked. */
export interface RecordingFront extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** `GET /v2/team/app/blobs/sha256:…`, oldest first. */
  readonly requests: readonly string[];
}

/** Passes every request on to a registry on loopback. */
export async function frontOf(registry: string): Promise<RecordingFront> {
  const requests: string[] = [];
  const server = createServer(({ method, url, headers, socket }, answer) => {
    requests.push(`${method} ${url}`);
    const [hostname, port] = registry.split(':');
    const passed = request({ hostname, port, method, path: url, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      pipeline(answered, answer).catch(() => socket.destroy());
    });
    passed.on('error', () => socket.destroy());
    passed.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
