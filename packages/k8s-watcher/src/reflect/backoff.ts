import { WatcherError } from '../watcher-error.ts';
import type { Timing } from './timing.ts';

/** How long to wait between attempts that fail. */
export interface BackoffOptions {
  /** ms before the second attempt; doubles with each further one. Default 1000. */
  readonly minDelay?: number;
  /** ms that a delay never exceeds, but for what the server asks and errors that people must mend. Default 30 000. */
  readonly maxDelay?: number;
}

/** The codes that only pass when somebody changes the cluster or the configuration. */
const mendedByPeople: ReadonlySet<string> = new Set([
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'REQUEST_REJECTED',
  'CREDENTIALS_UNREADABLE',
]);
/** How much longer the waits for those are. */
const patience = 4;
/** No server may silence the watcher for longer, in ms. */
const longestRetryAfter = 300_000;

/** Counts failures in a row and says how long to wait after each. */
export class Backoff {
  readonly #minDelay: number;
  readonly #maxDelay: number;
  readonly #timing: Timing;
  #failures = 0;

  constructor({ minDelay = 1000, maxDelay = 30_000 }: BackoffOptions, timing: Timing) {
    if (!(minDelay > 0 && maxDelay >= minDelay && maxDelay < 2 ** 28)) {
      throw new WatcherError('OPTIONS_INVALID', 'backoff: minDelay and maxDelay must be ms, 0 < minDelay <= maxDelay');
    }
    this.#minDelay = minDelay;
    this.#maxDelay = maxDelay;
    this.#timing = timing;
  }

  /** It works again. */
  reset(): void {
    this.#failures = 0;
  }

  /** One more failure; ms to wait, half of it by chance so that many agents do not come back at once. */
  next(error?: WatcherError): number {
    const factor = error !== undefined && mendedByPeople.has(error.code) ? patience : 1;
    const exponential = Math.min(this.#minDelay * 2 ** Math.min(this.#failures, 30), this.#maxDelay) * factor;
    this.#failures += 1;
    const jittered = exponential * (0.5 + this.#timing.random() / 2);
    const asked = Math.min(error?.retryAfter ?? 0, longestRetryAfter);
    return Math.round(asked > jittered ? asked + jittered / 4 : jittered);
  }
}
