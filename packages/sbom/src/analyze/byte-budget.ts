/** Gives bytes of a {@link ByteBudget} back. Calling it twice does nothing. */
export type ReleaseBytes = () => void;

/** A semaphore counted in bytes: whoever wants to hold a buffer takes its size first, or waits. */
export interface ByteBudget {
  /** Bytes that can be held at once. */
  readonly total: number;
  /** Bytes held now. */
  readonly held: number;
  /**
   * Waits until `bytes` are free and takes them; first come, first served. Never call it while holding some: two such
   * holders would wait for each other. Use {@link tryAcquire} then.
   * @throws RangeError when `bytes` exceeds the total; the signal's reason when it is aborted while waiting
   */
  acquire(bytes: number, options?: { signal?: AbortSignal }): Promise<ReleaseBytes>;
  /** Takes `bytes` if they are free now, else returns undefined. */
  tryAcquire(bytes: number): ReleaseBytes | undefined;
}

interface Waiter {
  readonly bytes: number;
  readonly grant: (release: ReleaseBytes) => void;
}

/**
 * Makes a byte budget. One per process is the idea: layers that are read at the same time share it, and waiting for it
 * stops the inflate and so the socket.
 *
 * @param total - Bytes that can be held at once.
 */
export function createByteBudget(total: number): ByteBudget {
  let held = 0;
  const waiters: Waiter[] = [];

  const take = (bytes: number): ReleaseBytes => {
    held += bytes;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      held -= bytes;
      serveWaiters();
    };
  };
  const serveWaiters = () => {
    for (let next = waiters[0]; next !== undefined && held + next.bytes <= total; next = waiters[0]) {
      waiters.shift();
      next.grant(take(next.bytes));
    }
  };
  const tryAcquire = (bytes: number) => (waiters.length === 0 && held + bytes <= total ? take(bytes) : undefined);

  return {
    total,
    get held() {
      return held;
    },
    tryAcquire,
    acquire(bytes, { signal } = {}) {
      if (bytes > total) return Promise.reject(new RangeError(`${bytes} bytes exceed the byte budget of ${total}`));
      if (signal?.aborted) return Promise.reject(signal.reason);
      const free = tryAcquire(bytes);
      if (free) return Promise.resolve(free);
      return new Promise((resolve, reject) => {
        const abort = () => {
          waiters.splice(waiters.indexOf(waiter), 1);
          reject(signal?.reason);
          serveWaiters();
        };
        const waiter: Waiter = {
          bytes,
          grant: (release) => {
            signal?.removeEventListener('abort', abort);
            resolve(release);
          },
        };
        waiters.push(waiter);
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
