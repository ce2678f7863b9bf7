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
