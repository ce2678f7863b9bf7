import { FalconError } from '../falcon-error.ts';
import type { AnswerHead } from './exchange.ts';
import { readRetryAfter } from './retry-after.ts';

/** When calls slow down by themselves, before the cloud refuses them. */
export interface PacePolicy {
  /**
   * With at most `remaining` calls left in the minute, calls start at least `gap` milliseconds apart; where several
   * steps hold, the longest gap counts. Default: 200 ms from 10 calls, 500 ms from 5. Empty: never.
   */
  readonly steps?: readonly { readonly remaining: number; readonly gap: number }[];
}

/** Milliseconds: `X-Ratelimit-Remaining` is of a sliding minute, so what is older tells nothing. */
const window = 60_000;

/** Milliseconds to rest after a 429 that does not say how long. */
const unnamedRest = 1000;

/** Milliseconds of rest after which one call finds out, however far away the time is that the cloud named. */
const longestRest = 15 * 60_000;

const defaultSteps = [
  { remaining: 10, gap: 200 },
  { remaining: 5, gap: 500 },
];

/**
 * The pace of all calls of one API client, whichever FalconClient makes them: the cool-down after a 429, which holds for
 * every host, and the budget that answers tell in `X-Ratelimit-Remaining`. It only counts; who asks does the waiting.
 */
export class CallPace {
  readonly #steps: NonNullable<PacePolicy['steps']>;
  #remaining = Number.POSITIVE_INFINITY;
  /** When that was said: milliseconds since the epoch. */
  #saidAt = Number.NEGATIVE_INFINITY;
  /** Calls that started and have not been answered, so that the cloud had not counted them. */
  #inFlight = 0;
  /** When the call that was put off last starts: milliseconds since the epoch. */
  #lastStart = Number.NEGATIVE_INFINITY;
  #coolUntil = Number.NEGATIVE_INFINITY;

  /** @throws FalconError `OPTIONS_INVALID`. */
  constructor({ steps = defaultSteps }: PacePolicy = {}) {
    for (const { remaining, gap } of steps) {
      if (!(remaining >= 0 && gap >= 0 && gap <= window)) {
        throw new FalconError('OPTIONS_INVALID', 'pace.steps: remaining is not from 0, or gap not from 0 to 60000 ms');
      }
    }
    this.#steps = steps;
  }

  /** Milliseconds until a call may start again; 0 where it may now. */
  restLeft(now: number): number {
    const left = Math.max(0, this.#coolUntil - now);
    // More than was ever begun: the clock was set back.
    return left > longestRest ? 0 : left;
  }

  /**
   * Takes a place among the calls.
   *
   * @param now - Milliseconds since the epoch.
   * @returns Milliseconds to wait before the call starts. Whatever becomes of it, `end` must follow.
   */
  begin(now: number): number {
    const gap = now - this.#saidAt < window ? this.#gap(this.#remaining - this.#inFlight) : 0;
    this.#inFlight += 1;
    if (gap === 0) {
      return 0;
    }
    // Later than a minute after the cloud spoke, the budget is another.
    const start = Math.min(Math.max(now, this.#lastStart) + gap, this.#saidAt + window);
    this.#lastStart = Math.max(start, this.#lastStart);
    return Math.max(0, start - now);
  }

  /** Gives back the place that `begin` took. */
  end(): void {
    this.#inFlight -= 1;
  }

  /** Learns the budget from an answer to a call of the API. */
  learnBudget({ header }: AnswerHead, now: number): void {
    const remaining = header('x-ratelimit-remaining');
    if (remaining !== undefined && /^\d{1,9}$/.test(remaining)) {
      this.#remaining = Number(remaining);
      this.#saidAt = now;
    }
  }

  /**
   * Learns from an answer that calls have to rest.
   *
   * @returns Milliseconds; `undefined` where the answer is no 429, or its rest lies within one that is already known.
   */
  learnRest({ status, header }: AnswerHead, now: number): number | undefined {
    if (status !== 429) {
      return undefined;
    }
    const named = readRetryAfter(header('x-ratelimit-retryafter'), header('retry-after'), now) ?? unnamedRest;
    const rest = Math.min(named, longestRest);
    if (rest <= this.restLeft(now)) {
      return undefined;
    }
    this.#coolUntil = now + rest;
    return rest;
  }

  #gap(left: number): number {
    return Math.max(0, ...this.#steps.filter(({ remaining }) => left <= remaining).map(({ gap }) => gap));
  }
}
