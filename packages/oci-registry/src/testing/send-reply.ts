import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery, Reply } from './reply.ts';

/** Bytes handed over at a time. */
const pieceBytes = 256 * 1024;

/** Writes to one client, and counts. */
class Writer {
  readonly #response: ServerResponse;
  readonly #sent: (bytes: number) => void;

  constructor(response: ServerResponse, sent: (bytes: number) => void) {
    this.#response = response;
    this.#sent = sent;
  }

  /** Writes a body, and waits after every piece until it is handed to the socket; false where the client has gone. */
  async write(body: Uint8Array, size: number = pieceBytes, pause = 0): Promise<boolean> {
    for (let at = 0; at < body.length; at += size) {
      const piece = body.subarray(at, at + size);
      if (!(await this.#piece(piece))) return false;
      this.#sent(piece.length);
      if (pause > 0) await delay(pause);
    }
    return !this.#response.destroyed;
  }

  async #piece(piece: Uint8Array): Promise<boolean> {
    if (this.#response.destroyed) return false;
    return new Promise((resolve) => {
      const gone = (): void => resolve(false);
      this.#response.once('close', gone);
      this.#response.write(piece, (error) => {
        this.#response.off('close', gone);
        resolve(error === undefined || error === null);
      });
    });
  }
}

function headersOf({ headers, body, delivery }: Reply): Record<string, string> {
  const { 'content-length': length, ...rest } = headers;
  if (delivery?.kind === 'endless' || length === undefined) return rest;
  const by = delivery?.kind === 'length' ? delivery.by : 0;
  return { ...headers, 'content-length': by === 0 ? length : String(Math.max(0, body.length + by)) };
}

/** Sends the body, and ends the connection where that is the fault. */
async function deliver(response: ServerResponse, writer: Writer, reply: Reply): Promise<void> {
  const { body, delivery } = reply;
  switch (delivery?.kind) {
    case 'cut':
      await writer.write(body.subarray(0, delivery.after));
      response.destroy();
      return;
    case 'stall':
      await writer.write(body.subarray(0, delivery.after));
      return;
    case 'length':
      await writer.write(body);
      response.destroy();
      return;
    case 'slow':
      await writer.write(body, delivery.chunkBytes, delivery.delay);
      response.end();
      return;
    case 'endless': {
      const filling = Buffer.alloc(pieceBytes, ' ');
      let isThere = await writer.write(body);
      while (isThere) isThere = await writer.write(filling);
      return;
    }
    default:
      await writer.write(body);
      response.end();
  }
}

function sendGarbage(
  response: ServerResponse,
  { text = 'SSH-2.0-OpenSSH_9.9\r\n\r\n' }: Extract<Delivery, { kind: 'garbage' }>,
): void {
  response.socket?.end(text);
}

/**
 * Sends an answer the way its fault, if any, wants it.
 *
 * @param sent is told how many bytes of the body were handed to the socket, piece by piece
 */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  method: string,
  sent: (bytes: number) => void,
): Promise<void> {
  const { delivery } = reply;
  if (delivery?.kind === 'reset') {
    response.destroy();
    return;
  }
  if (delivery?.kind === 'garbage') {
    sendGarbage(response, delivery);
    return;
  }
  response.writeHead(reply.status, headersOf(reply));
  if (method === 'HEAD' || reply.status === 304 || reply.status === 204) {
    response.end();
    return;
  }
  // The headers get through even where no byte of the body does.
  if (delivery !== undefined) response.flushHeaders();
  await deliver(response, new Writer(response, sent), reply);
}
