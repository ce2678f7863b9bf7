import type { RegistryErrorCode } from '../error-codes.ts';
import { BoundedMap } from './bounded-map.ts';
import type { EventReporter } from './event-reporter.ts';
import { type RetryPolicy, retryDelay } from './retry.ts';
import { RetryBudget } from './retry-budget.ts';

/** Most hosts whose budget is kept. */
const maxHosts = 1024;

/** A failure after which something may be sent again. */
export interface FailedAttempt {
  /** Where it was sent. */
  readonly url: URL;
  /** Its number, from 1. */
  readonly attempt: number;
  readonly reason: number | RegistryErrorCode;
  /** `Retry-After`, ms. */
  readonly retryAfter?: number | undefined;
}

/** Decides for one client what is sent again and when: the policy for each request, a budget for each host. */
export class Retries {
  readonly #policy: RetryPolicy;
  readonly #events: EventReporter;
  readonly #budgets = new BoundedMap<RetryBudget>(maxHosts);

  constructor(policy: RetryPolicy, events: EventReporter) {
    this.#policy = policy;
    this.#events = events;
  }

  /** How long to wait before the next attempt, ms; `undefined` where there must be none. Draws from the host's budget. */
  plan({ url, attempt, reason, retryAfter }: FailedAttempt): number | undefined {
    const wait = retryDelay(this.#policy, attempt, retryAfter);
    if (wait === undefined || !this.#budget(url).take()) return undefined;
    this.#events.emit({ type: 'retry', host: url.host, wait, reason, attempt });
    return wait;
  }

  /** Waits. Rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return this.#policy.sleep(ms, { signal });
  }

  /** Notes an answer that needs no retry. */
  succeeded(url: URL, attempt: number): void {
    this.#budget(url).succeeded(attempt);
  }

  #budget({ origin }: URL): RetryBudget {
    const known = this.#budgets.get(origin) ?? new RetryBudget(this.#policy.budget);
    this.#budgets.set(origin, known);
    return known;
  }
}
