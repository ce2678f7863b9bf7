import { setImmediate } from 'node:timers/promises';

/** Long enough to cost nothing, short enough that a server beside it answers as if it were idle. */
const longestMs = 5;

/**
 * Gives the rest of the process its turns. Reading a directory waits for no callback, so that without turns no timer
 * would fire, no socket be read and no signal arrive before its end (decision 012).
 */
export class Turns {
  #since = performance.now();

  /** To be awaited where it is others' turn, else undefined. */
  due(): Promise<void> | undefined {
    return performance.now() - this.#since < longestMs ? undefined : this.#take();
  }

  async #take(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
