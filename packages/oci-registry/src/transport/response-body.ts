import { connectionError } from './connection-error.ts';
import type { HttpResponse } from './http.ts';

/**
 * The body of a response, chunk by chunk as the socket delivers it. Leaving the loop early destroys the socket.
 *
 * Iterating throws RegistryError `NETWORK` or `TIMEOUT` where the connection breaks, or the signal's reason.
 */
export async function* responseBody(
  response: HttpResponse,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of response.body) yield chunk as Uint8Array;
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionError(error, response.what);
  }
}

/** Leaves a response unread; its connection is closed. */
export function abandonBody({ body }: HttpResponse): void {
  // Without a listener the abort, which is ours, would be an error that nobody handles and end the process.
  body.on('error', () => undefined);
  body.destroy();
}
