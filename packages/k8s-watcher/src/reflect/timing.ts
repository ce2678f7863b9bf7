import { setTimeout as delay } from 'node:timers/promises';

/** Clock, chance and sleep, to be replaced in tests. */
export interface Timing {
  /** ms since the epoch. */
  now(): number;
  /** At least 0, below 1. */
  random(): number;
  /** Rejects with `signal.reason` on abort. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

/** Those of the process. */
export const processTiming: Timing = {
  now: () => Date.now(),
  random: () => Math.random(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
