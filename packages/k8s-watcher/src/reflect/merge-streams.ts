/**
 * The values of several streams as they come, one of each waiting at most. The first error ends it; leaving the loop
 * ends all streams.
 *
 * @param sources - Each opened with a signal that ends it while it waits.
 */
export async function* mergeStreams<T>(
  sources: readonly ((signal: AbortSignal) => AsyncIterable<T>)[],
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  const leaving = new AbortController();
  const inner = signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]);
  const iterators = sources.map((open) => open(inner)[Symbol.asyncIterator]());
  // A queue and not Promise.race, which would leave a reaction behind on the quieter stream for each value of the other.
  const arrived: Arrival<T>[] = [];
  let bell = Promise.withResolvers<void>();
  const pull = async (iterator: AsyncIterator<T>): Promise<void> => {
    arrived.push(await iterator.next().then((result) => ({ iterator, result }), failure));
    bell.resolve();
  };
  const pulls = new Map(iterators.map((iterator) => [iterator, pull(iterator)]));
  try {
    while (pulls.size > 0) {
      const arrival = arrived.shift();
      if (arrival === undefined) {
        await bell.promise;
        bell = Promise.withResolvers();
      } else if ('error' in arrival) {
        throw arrival.error;
      } else if (arrival.result.done === true) {
        pulls.delete(arrival.iterator);
      } else {
        yield arrival.result.value;
        pulls.set(arrival.iterator, pull(arrival.iterator));
      }
    }
  } finally {
    leaving.abort();
    // Each has ended before this ends. What they reject with now is our own abort, or second to what is thrown.
    await Promise.all(pulls.values());
    await Promise.allSettled(iterators.map((iterator) => iterator.return?.()));
  }
}

type Arrival<T> =
  | { readonly iterator: AsyncIterator<T>; readonly result: IteratorResult<T, unknown> }
  | { readonly error: unknown };

function failure(error: unknown): { readonly error: unknown } {
  return { error };
}
