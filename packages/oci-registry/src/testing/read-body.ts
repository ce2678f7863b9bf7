import type { IncomingMessage } from 'node:http';

/** A request's body as far as it came. */
export interface ReadBody {
  readonly body: Uint8Array;
  /** Whether it came to its end. */
  readonly complete: boolean;
}

/**
 * Reads a body as far as it comes.
 *
 * @param limit bytes after which nothing more is read and the connection ends; what came until then is there
 */
export async function readBody(request: IncomingMessage, limit: number = Number.POSITIVE_INFINITY): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let left = limit;
  try {
    if (left <= 0) request.destroy();
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.subarray(0, left));
      left -= chunk.length;
      // Leaving the loop destroys the request, and its connection with it.
      if (left <= 0) return { body: Buffer.concat(chunks), complete: false };
    }
  } catch {
    return { body: Buffer.concat(chunks), complete: false };
  }
  return { body: Buffer.concat(chunks), complete: true };
}
