/** What a request that succeeds at once gives back; so one in six requests may be a retry for ever. */
const earned = 0.2;

/**
 * How many retries one host may cause. Each retry takes one out, and gets it back where it succeeds; each request that
 * succeeds at once adds a fifth of one. So a host that fails now and then is retried every time, and one that is broken
 * gets first tries only, until it answers again. The idea is that of the AWS SDKs' standard retry mode.
 */
export class RetryBudget {
  readonly #capacity: number;
  #left: number;

  /** @param capacity retries that a host may cause without any success */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#left = capacity;
  }

  /** Takes a retry out; false where none is left. */
  take(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** Notes a request that was answered, at whichever attempt. */
  succeeded(attempt: number): void {
    this.#left = Math.min(this.#capacity, this.#left + (attempt === 1 ? earned : 1));
  }
}
