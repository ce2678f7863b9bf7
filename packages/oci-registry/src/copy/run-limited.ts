/**
 * Does a piece of work for every item, so many at a time. The first failure stops the others by their signal; it is thrown
 * when all of them have ended, so that nothing goes on behind the caller's back.
 */
export async function runLimited<T>(
  items: Iterable<T>,
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failing = new AbortController();
  const either = signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal]);
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && !either.aborted; next = queue.next()) {
      try {
        await work(next.value, either);
      } catch (error) {
        failures.push(error);
        failing.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(limit)) }, worker));
  signal?.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}
