import { RegistryError } from '../error.ts';
import { printUrl } from '../transport/redact.ts';
import { isRetryableStatus, parseRetryAfter, retryDelay } from '../transport/retry.ts';
import type { CloudRequest, CloudResponse } from './cloud-http.ts';
import type { CloudContext } from './cloud-options.ts';

/** An answer, and what it was an answer to. */
export interface CloudAnswer extends CloudResponse {
  /** Method and redacted URL, for messages. */
  readonly what: string;
  /** When it was asked for, ms since the epoch. */
  readonly asked: number;
  /** `Retry-After` in ms, where there is one. */
  readonly retryAfter: number | undefined;
}

/** What one attempt led to. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** `undefined` where the connection broke. */
  readonly answer: CloudAnswer | undefined;
}

/** How long to wait before the next attempt, in ms; `undefined` for none. */
export type WaitAfter = (attempt: Attempt) => number | undefined;

type Asker = Pick<CloudContext, 'http' | 'now' | 'retry'>;

async function askOnce({ http, now }: Asker, request: CloudRequest): Promise<CloudAnswer> {
  const asked = now();
  const response = await http(request);
  const retryAfter = parseRetryAfter(response.headers['retry-after'], now());
  return { ...response, what: `${request.method} ${printUrl(request.url)}`, asked, retryAfter };
}

/**
 * Waits by the rules for registries: full jitter that doubles, and `Retry-After`.
 *
 * @param mayChange whether another attempt may bring another answer. Default by the status: 408, 429 and 5xx
 */
export function usualWaits(
  { retry }: Pick<CloudContext, 'retry'>,
  mayChange: (answer: CloudAnswer) => boolean = ({ status }) => isRetryableStatus(status),
): WaitAfter {
  return ({ number, answer }) =>
    answer === undefined || mayChange(answer) ? retryDelay(retry, number, answer?.retryAfter) : undefined;
}

/**
 * Sends a request that may be sent twice until it has an answer that is worth more than another attempt; broken
 * connections are tried again, too.
 *
 * @param request makes the request of each attempt, where they differ
 * @throws RegistryError what {@link CloudHttp} rejects with, or the reason of the signal
 */
export async function askPatiently(
  context: Asker,
  request: CloudRequest | (() => CloudRequest),
  waitAfter: WaitAfter = usualWaits(context),
): Promise<CloudAnswer> {
  for (let number = 1; ; number += 1) {
    const next = typeof request === 'function' ? request() : request;
    const { signal } = next;
    let answer: CloudAnswer | undefined;
    let failure: unknown;
    try {
      answer = await askOnce(context, next);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryError && error.retryable)) throw error;
      failure = error;
    }
    const wait = waitAfter({ number, answer });
    if (wait !== undefined) await context.retry.sleep(wait, { signal });
    else if (answer !== undefined) return answer;
    else throw failure;
  }
}
