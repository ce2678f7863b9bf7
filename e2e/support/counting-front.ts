import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** One answer that has passed a {@link CountingFront}. */
export interface CountedAnswer {
  /** `GET /v2/team/app/blobs/sha256:…`. */
  readonly request: string;
  /** The `Range` that was asked for. */
  readonly range: string | undefined;
  readonly status: number;
  /** Bytes of the body that were passed on, whether the client wanted them all or not. */
  readonly bytes: number;
}

/** A loopback address in front of a registry that counts what its clients are sent. */
export interface CountingFront extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Oldest first; a body that is still on its way counts with what has passed of it. */
  readonly answers: readonly CountedAnswer[];
}

/** Passes every request on to a registry on loopback, and counts the bytes that come back. */
export async function countingFrontOf(registry: string): Promise<CountingFront> {
  const answers: CountedAnswer[] = [];
  const server = createServer((asked, answer) => {
    const { method, url, headers, socket } = asked;
    const [hostname, port] = registry.split(':');
    const passed = request({ hostname, port, method, path: url, headers }, (answered) => {
      const counted = {
        request: `${method} ${url}`,
        range: headers.range,
        status: answered.statusCode ?? 502,
        bytes: 0,
      };
      answers.push(counted);
      answer.writeHead(counted.status, answered.headers);
      answered.on('data', (chunk: Buffer) => {
        counted.bytes += chunk.byteLength;
      });
      pipeline(answered, answer).catch(() => socket.destroy());
    });
    // A client that leaves must not leave the registry sending.
    answer.once('close', () => passed.destroy());
    passed.on('error', () => socket.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    answers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
