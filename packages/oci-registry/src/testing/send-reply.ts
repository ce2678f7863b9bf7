import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reply } from './faults.ts';

/** Writes a piece and waits until it is handed to the socket; false where the client has gone. */
async function write(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  if (response.destroyed) return false;
  return new Promise((resolve) => response.write(piece, (error) => resolve(error === undefined || error === null)));
}

/** Sends a body in drops, until it is over or the client has gone. */
async function drip(response: ServerResponse, body: Uint8Array, chunkBytes: number, pause: number): Promise<void> {
  for (let at = 0; at < body.length; at += chunkBytes) {
    if (!(await write(response, body.subarray(at, at + chunkBytes)))) return;
    await delay(pause);
  }
  response.end();
}

/** Sends an answer the way its fault, if any, wants it. */
export async function sendReply(response: ServerResponse, reply: Reply, method: string): Promise<void> {
  const { delivery } = reply;
  if (delivery?.kind === 'reset') {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, { ...reply.headers });
  if (method === 'HEAD') {
    response.end();
    return;
  }
  switch (delivery?.kind) {
    case 'cut':
      await write(response, reply.body.subarray(0, delivery.after));
      response.destroy();
      return;
    case 'stall':
      await write(response, reply.body.subarray(0, delivery.after));
      return;
    case 'slow':
      await drip(response, reply.body, delivery.chunkBytes, delivery.delay);
      return;
    default:
      response.end(reply.body);
  }
}
