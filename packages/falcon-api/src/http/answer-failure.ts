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
}

/** The error for an answer to a call with a bearer token that is no success. */
export function answerFailure(answer: Exchange, { scope, secrets, now }: FailureContext): FalconError {
  const said = quoteApiErrors(answer.body, secrets);
  const { status } = answer;
  if (status === 401) {
    return answerError('UNAUTHORIZED', answer, `the token was refused${said}`, {
      hint: 'Check that the host belongs to the cloud the API client was made in, and that the clock is right.',
    });
  }
  if (status === 403) {
    return answerError('SCOPE_MISSING', answer, `access denied${said}`, {
      hint: `Give the API client the scope ${scope}; where it has it, look at the IP allow-list.`,
    });
  }
  if (status === 404) {
    return answerError('NOT_FOUND', answer, `the host does not serve this path${said}`);
  }
  if (status === 408) {
    return answerError('TIMEOUT', answer, `the cloud gave up waiting for the request${said}`);
  }
  if (status === 429) {
    const retryAfter = readRetryAfter(answer.header('x-ratelimit-retryafter'), now);
    return answerError('RATE_LIMITED', answer, `too many calls${said}`, retryAfter === undefined ? {} : { retryAfter });
  }
  return plainFailure(answer, said);
}

function plainFailure(answer: Exchange, said: string): FalconError {
  const { status } = answer;
  if (status >= 500) {
    return answerError('SERVER_ERROR', answer, `the cloud answered ${status}${said}`);
  }
  if (status >= 300 && status < 400) {
    return answerError('REDIRECT_REFUSED', answer, `the cloud answered ${status}; a token follows no redirect`);
  }
  return answerError('REQUEST_REJECTED', answer, `the cloud answered ${status}${said}`);
}
