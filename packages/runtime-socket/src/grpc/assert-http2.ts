import { once } from 'node:events';
import { connect } from 'node:net';
import { RuntimeError } from '../runtime-error.ts';
import { socketError } from '../wire/socket-error.ts';

/** What a client begins an HTTP/2 connection with: the preface and an empty SETTINGS frame (RFC 9113, 3.4). */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const settingsFrame = 4;
const patience = 10_000;

/**
 * Makes sure that HTTP/2 is spoken at a socket, as all gRPC needs: Node's client ends the process with an uncaught
 * error when an HTTP/1 server such as Docker's answers it.
 *
 * @throws RuntimeError `UNSUPPORTED` where something else is spoken, and those of the connection
 */
export async function assertHttp2(socketPath: string, where: string, signal: AbortSignal | undefined): Promise<void> {
  const timeout = AbortSignal.timeout(patience);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const socket = connect(socketPath);
  try {
    socket.write(preface);
    // The server's first frame has to be SETTINGS too; its type is the fourth byte.
    const [first] = (await once(socket, 'data', { signal: either })) as [Buffer];
    if (first[3] !== settingsFrame) {
      throw new RuntimeError('UNSUPPORTED', `${where}: no gRPC is spoken there`, {
        hint: 'the socket may be that of Docker or Podman; detectRuntime finds out which it is',
      });
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw socketError(error, where);
  } finally {
    socket.destroy();
  }
}
