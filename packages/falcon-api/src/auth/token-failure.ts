import type { FalconError } from '../falcon-error.ts';
import { answerError, type Exchange } from '../http/exchange.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import { quoteApiErrors, readApiErrors, readJson } from '../wire/msa.ts';

/** What a token answer without JSON means most of the time. */
export const govCloudHint: string =
  'An answer without JSON is what a commercial cloud gives to GovCloud credentials: set us-gov-1 or us-gov-2.';

/** The message that, alone, means the caller's address is not on the allow-list. */
const addressRefused = 'access denied, authorization failed';

/** The error for an answer of the token endpoints that is no success. */
export function tokenFailure(
  answer: Exchange,
  { secrets, now }: { readonly secrets: readonly string[]; readonly now: number },
): FalconError {
  const said = quoteApiErrors(answer.body, secrets);
  switch (answer.status) {
    case 401:
    case 403:
      return credentialsFailure(answer, said);
    case 429: {
      const retryAfter = readRetryAfter(answer.header('x-ratelimit-retryafter'), now);
      const wait = retryAfter === undefined ? {} : { retryAfter };
      return answerError('RATE_LIMITED', answer, `too many calls${said}`, wait);
    }
    default:
      return otherFailure(answer, said);
  }
}

function credentialsFailure(answer: Exchange, said: string): FalconError {
  const [first, ...more] = readApiErrors(answer.body);
  if (answer.status === 403 && first?.message === addressRefused && more.length === 0) {
    return answerError('IP_NOT_ALLOWED', answer, `access denied${said}`, {
      hint: "Add this machine's address to the IP allow-list of the Falcon console, or take the list off the API client.",
    });
  }
  return answerError('CREDENTIALS_REJECTED', answer, `client id and secret were refused${said}`, {
    hint:
      readJson(answer.body) === undefined
        ? govCloudHint
        : 'Check client id and secret, and that the cloud is the one the API client was made in.',
  });
}

function otherFailure(answer: Exchange, said: string): FalconError {
  if (answer.status >= 500) {
    return answerError('SERVER_ERROR', answer, `the cloud answered ${answer.status}${said}`);
  }
  if (answer.status >= 300 && answer.status < 400) {
    return answerError('REDIRECT_REFUSED', answer, `the cloud answered ${answer.status}, which would drop the request`);
  }
  const gov = answer.status >= 400 && readJson(answer.body) === undefined ? { hint: govCloudHint } : {};
  return answerError('REQUEST_REJECTED', answer, `the cloud answered ${answer.status}${said}`, gov);
}
