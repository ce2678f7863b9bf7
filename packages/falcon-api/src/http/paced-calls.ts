import { FalconError } from '../falcon-error.ts';
import type { CallPace } from './call-pace.ts';
import { DeprecationWatch } from './deprecation-watch.ts';
import type { Exchange } from './exchange.ts';
import { coolDownNotice, type NoticeListener } from './falcon-notice.ts';
import type { RetrySettings } from './retry.ts';

/** What it takes to keep a pace. */
export interface PacedCallsParts {
  readonly pace: CallPace;
  readonly retry: RetrySettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onNotice: NoticeListener | undefined;
}

/** Milliseconds over which those who wait for the end of a cool-down come back, so that they do not come at once. */
const spread = 1000;

/** Makes calls at the pace that all calls of an API client share, and tells of what the answers say of it. */
export class PacedCalls {
  readonly #parts: PacedCallsParts;
  readonly #deprecations: DeprecationWatch;

  constructor(parts: PacedCallsParts) {
    this.#parts = parts;
    this.#deprecations = new DeprecationWatch(parts.onNotice);
  }

  /**
   * Waits while calls have to rest.
   *
   * @param call - What waits, as `METHOD path`, for the message.
   * @throws FalconError `RATE_LIMITED` with `retryAfter` where the rest is longer than the policy has patience for; on
   *   abort `signal.reason` itself.
   */
  async rest(call: string, signal: AbortSignal): Promise<void> {
    const { pace, now, retry } = this.#parts;
    // A rest that became longer meanwhile is waited for; one that a sleep without a clock did not shorten is not.
    for (let before = 0, left = pace.restLeft(now()); left > before; before = left, left = pace.restLeft(now())) {
      if (left > retry.maxRetryAfter) {
        throw new FalconError('RATE_LIMITED', `${call}: not sent, for the cloud wants all calls to rest`, {
          retryAfter: left,
        });
      }
      await retry.sleep(left + retry.random() * Math.min(spread, left), { signal });
    }
  }

  /**
   * Makes one call, later where the budget is nearly spent. Rejects as `make` does.
   *
   * @param call - As for `rest`.
   */
  async start<E extends Exchange>(call: string, make: () => Promise<E>, signal: AbortSignal): Promise<E> {
    const { pace, now, retry, onNotice } = this.#parts;
    const wait = pace.begin(now());
    let answer: E;
    try {
      if (wait > 0) {
        onNotice?.({ kind: 'slowed', call, wait });
        await retry.sleep(wait, { signal });
      }
      answer = await make();
    } finally {
      pace.end();
    }
    this.#learn(answer);
    return answer;
  }

  #learn(answer: Exchange): void {
    const { pace, now, onNotice } = this.#parts;
    this.#deprecations.observe(answer);
    pace.learnBudget(answer, now());
    const rest = pace.learnRest(answer, now());
    if (rest !== undefined) {
      onNotice?.(coolDownNotice(answer, rest));
    }
  }
}
