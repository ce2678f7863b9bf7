import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Content } from '../gen/containerd/content_pb.ts';
import { GrpcConnection } from './grpc-connection.ts';

describe('a stream of gRPC', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'iar-grpc-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it.each([
    ['in the middle of a message', [0, 0, 0, 0, 100, 1, 2]],
    ['in the middle of the head of a message', [0, 0, 0]],
    ['without its trailers', []],
  ])('that ends %s is a lost connection, which may be tried again', async (_, bytes) => {
    const socketPath = join(directory, 'socket');
    const sessions = new Set<ServerHttp2Session>();
    const server = createServer();
    server.on('session', (session) => sessions.add(session));
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' });
      stream.end(Buffer.from(bytes));
    });
    server.listen(socketPath);
    await once(server, 'listening');
    const connection = new GrpcConnection(socketPath);
    try {
      const { read } = connection.client(Content);
      const reading = async (): Promise<void> => {
        const digest = `sha256:${'0'.repeat(64)}`;
        for await (const _piece of connection.stream('content.Read', (call) => read({ digest }, call)));
      };
      await expect(reading()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    } finally {
      connection.close();
      for (const session of sessions) session.destroy();
      server.close();
    }
  });
});
