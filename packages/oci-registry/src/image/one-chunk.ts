/** Bytes in memory as a stream of one chunk. Iterating throws the signal's reason where it has aborted. */
export async function* oneChunk(
  bytes: Uint8Array,
  signal?: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  yield bytes;
}
