import type { FalconError } from '../falcon-error.ts';
import { quoteApiErrors } from '../wire/msa.ts';
import { answerError, type Exchange } from './exchange.ts';
import { readRetryAfter } from './retry-after.ts';

/** What it takes to explain an answer. */
export interface FailureContext {
  /** The scope the call needs, as `name:read` or `name:write`. */
  readonly scope: string;
  /** Texts that must not be quoted. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What a 404 says of this call. Default: that the host does not serve the path. */
  readonly notFound?: string | undefined;
}

/** The statuses that speak of a body, where one was sent. */
const payloadStatuses: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** The error for an answer to a call with a bearer token that is no success. */
export function answerFailure(answer: Exchange, context: FailureContext): FalconError {
  const { scope, secrets, now, notFound } = context;
  const said = quoteApiErrors(answer.body, secrets);
  switch (answer.status) {
    case 401:
      return answerError('UNAUTHENTICATED', answer, `the token was refused${said}`, {
        hint: 'Check that the host belongs to the cloud the API client was made in, and that the clock is right.',
      });
    case 403:
      return answerError('FORBIDDEN', answer, `access denied; the call needs the scope ${scope}${said}`, {
        scope,
        hint: `Give the API client the scope ${scope}; where it has it, look at the IP allow-list.`,
      });
    case 404:
      return answerError('NOT_FOUND', answer, `${notFound ?? 'the host does not serve this path'}${said}`);
    case 408:
      return answerError('TIMEOUT', answer, `the cloud gave up waiting for the request${said}`);
    default:
      return payloadStatuses.has(answer.status) && answer.request.body !== undefined
        ? answerError('PAYLOAD_REJECTED', answer, `the cloud answered ${answer.status}${said}`)
        : statusFailure(answer, said, now);
  }
}

/**
 * The error for an answer whose status means the same at every endpoint: redirects, 429, 5xx and what is left of 4xx.
 *
 * @param said - What the cloud said, to be put behind the message.
 * @param now - Milliseconds since the epoch.
 */
export function statusFailure(answer: Exchange, said: string, now: number): FalconError {
  const { status } = answer;
  if (status === 429) {
    return answerError('RATE_LIMITED', answer, `too many calls${said}`, comeBack(answer, now));
  }
  if (status >= 500) {
    return answerError('UNAVAILABLE', answer, `the cloud answered ${status}${said}`, comeBack(answer, now));
  }
  if (status >= 300 && status < 400) {
    return answerError('REDIRECT_REFUSED', answer, `the cloud answered ${status}, which is not followed here`);
  }
  return answerError('REQUEST_REJECTED', answer, `the cloud answered ${status}${said}`);
}

function comeBack({ header }: Exchange, now: number): { readonly retryAfter?: number } {
  const retryAfter = readRetryAfter(header('x-ratelimit-retryafter'), header('retry-after'), now);
  return retryAfter === undefined ? {} : { retryAfter };
}
