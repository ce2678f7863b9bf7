import { setTimeout as delay } from 'node:timers/promises';

/** When and how often a request that failed is sent again. Only requests that change nothing are. */
export interface RetryOptions {
  /** Attempts in all, the first included. Default 3. */
  readonly tries?: number | undefined;
  /** Longest wait before the second attempt, in ms; it doubles with each one. Default 500. */
  readonly baseDelay?: number | undefined;
  /** Longest wait that doubling leads to, in ms. Default 8000. */
  readonly maxDelay?: number | undefined;
  /**
   * Longest `Retry-After` waited for, in ms. A registry that asks for more gets no further attempt: the error then
   * carries `retryAfter`. Default 30000.
   */
  readonly maxRetryAfter?: number | undefined;
  /**
   * Retries that one host may cause without any success in between; first tries do not count. A retry that succeeds is
   * given back, every five requests that succeed at once add one. Default 50.
   */
  readonly budget?: number | undefined;
  /** Waits. Must reject with the signal's reason when it aborts. Default a timer. */
  readonly sleep?: ((ms: number, options: { signal?: AbortSignal | undefined }) => Promise<void>) | undefined;
  /** Random number in [0, 1) for the jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** {@link RetryOptions} with every default filled in. */
export interface RetryPolicy {
  readonly tries: number;
  readonly baseDelay: number;
  readonly maxDelay: number;
  readonly maxRetryAfter: number;
  readonly budget: number;
  readonly sleep: (ms: number, options: { signal?: AbortSignal | undefined }) => Promise<void>;
  readonly random: () => number;
}

async function timerSleep(ms: number, options: { signal?: AbortSignal | undefined }): Promise<void> {
  try {
    await delay(ms, undefined, options.signal === undefined ? {} : { signal: options.signal });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  }
}

/** Fills the defaults in. */
export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  return {
    tries: Math.max(1, options.tries ?? 3),
    baseDelay: options.baseDelay ?? 500,
    maxDelay: options.maxDelay ?? 8000,
    maxRetryAfter: options.maxRetryAfter ?? 30_000,
    budget: options.budget ?? 50,
    sleep: options.sleep ?? timerSleep,
    random: options.random ?? Math.random,
  };
}

/** Whether a status may be gone at the next attempt: 408, 429 and 5xx, except that 501 and 505 never change. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110 §10.2.3). `undefined` where absent or nonsense. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Za-z]{3},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Wait before the attempt after number `attempt` (from 1), in ms, or `undefined` where there must be none: the tries
 * are used up, or the registry wants to be left alone for longer than the policy waits. Full jitter.
 */
export function retryDelay(policy: RetryPolicy, attempt: number, retryAfter: number | undefined): number | undefined {
  if (attempt >= policy.tries) return undefined;
  if (retryAfter !== undefined && retryAfter > policy.maxRetryAfter) return undefined;
  const ceiling = Math.min(policy.maxDelay, policy.baseDelay * 2 ** (attempt - 1));
  return Math.max(retryAfter ?? 0, Math.round(ceiling * policy.random()));
}
