import { setTimeout as delay } from 'node:timers/promises';
import { FalconError } from '../falcon-error.ts';

/** When and how often a call that failed for a passing reason is made again. */
export interface RetryPolicy {
  /** Attempts per host, the first included. Default 4. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; doubles with each further one. Default 1000. */
  readonly minDelay?: number;
  /** Milliseconds that a delay never exceeds. Default 30 000. */
  readonly maxDelay?: number;
  /**
   * Milliseconds the cloud may ask to wait after a 429. Where it asks for more, the error is thrown at once with
   * `retryAfter`, so that the caller can do something else meanwhile. Default 120 000.
   */
  readonly maxRetryAfter?: number;
}

/** Waits some milliseconds; rejects with `signal.reason` on abort. */
export type Sleep = (milliseconds: number, options: { readonly signal?: AbortSignal | undefined }) => Promise<void>;

/** Everything a retry needs that is not the call. */
export interface RetrySettings extends Required<RetryPolicy> {
  readonly sleep: Sleep;
  /** From 0 up to but not including 1. */
  readonly random: () => number;
  /** Narrows what is made again. Default: every error that is retryable. */
  readonly accepts?: (error: FalconError) => boolean;
}

/**
 * Fills in the defaults.
 *
 * @throws FalconError `OPTIONS_INVALID` for a count or time that is none.
 */
export function retrySettings(
  { attempts = 4, minDelay = 1000, maxDelay = 30_000, maxRetryAfter = 120_000 }: RetryPolicy = {},
  sleep: Sleep = sleepOnTimer,
  random: () => number = Math.random,
): RetrySettings {
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new FalconError('OPTIONS_INVALID', 'retry.attempts: not a whole number from 1');
  }
  for (const [name, value] of Object.entries({ minDelay, maxDelay, maxRetryAfter })) {
    if (!(value >= 0)) {
      throw new FalconError('OPTIONS_INVALID', `retry.${name}: not a number of milliseconds`);
    }
  }
  return { attempts, minDelay, maxDelay, maxRetryAfter, sleep, random };
}

/** Makes a call until it succeeds, fails for good, or the attempts are used up; then its last error is thrown. */
export async function withRetry<T>(
  call: () => Promise<T>,
  settings: RetrySettings,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      const wait = attempt < settings.attempts ? nextDelay(error, attempt, settings) : undefined;
      if (wait === undefined) {
        throw error;
      }
      await settings.sleep(wait, { signal });
    }
  }
}

/** Milliseconds until the next attempt; `undefined` where there is none. */
function nextDelay(error: unknown, attempt: number, settings: RetrySettings): number | undefined {
  if (!(error instanceof FalconError) || !error.retryable || settings.accepts?.(error) === false) {
    return undefined;
  }
  const backoff = Math.min(settings.maxDelay, settings.minDelay * 2 ** (attempt - 1));
  const jittered = backoff * (0.5 + settings.random() / 2);
  if (error.retryAfter === undefined) {
    return jittered;
  }
  // Never before the time the cloud named, and a little after it, so that not all who wait come back at once.
  return error.retryAfter > settings.maxRetryAfter ? undefined : error.retryAfter + jittered / 4;
}

async function sleepOnTimer(
  milliseconds: number,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
