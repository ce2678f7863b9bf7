interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiters: number;
}

/**
 * Runs a task once for all who ask while it runs. One caller who gives up leaves the others waiting; the task is aborted
 * when the last has gone.
 */
export class SharedFlight<T> {
  #flight: Flight<T> | undefined;

  /** Waits for the running task, or starts it. Rejects with `signal.reason` as soon as `signal` aborts. */
  async join(task: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    this.#flight ??= this.#start(task);
    const flight = this.#flight;
    flight.waiters += 1;
    if (signal === undefined) {
      return flight.result;
    }
    const { promise: gone, reject } = Promise.withResolvers<never>();
    const leave = () => {
      reject(signal.reason);
      this.#leave(flight, signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([flight.result, gone]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #start(task: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = { result: task(controller.signal), controller, waiters: 0 };
    const land = () => this.#land(flight);
    // The callers get the outcome; here it only ends the flight.
    flight.result.then(land, land);
    return flight;
  }

  #leave(flight: Flight<T>, reason: unknown): void {
    flight.waiters -= 1;
    if (flight.waiters === 0) {
      this.#land(flight);
      flight.controller.abort(reason);
    }
  }

  #land(flight: Flight<T>): void {
    if (this.#flight === flight) {
      this.#flight = undefined;
    }
  }
}
