import { cloudOfUrl } from '../cloud/resolve-cloud.ts';
import type { FalconError } from '../falcon-error.ts';
import { statusFailure } from '../http/answer-failure.ts';
import { answerError, type Exchange } from '../http/exchange.ts';
import { quoteApiErrors, readApiErrors, readJson } from '../wire/msa.ts';

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
    case 404:
      return answerError('NOT_FOUND', answer, `the host does not serve this path${said}`, {
        hint: 'Check that the API URL is that of a Falcon API host.',
      });
    default:
      return statusFailure(answer, said, now);
  }
}

/** The statuses that mean something else where the body is missing. */
const wordlessStatuses: ReadonlySet<number> = new Set([200, 201, 400, 401, 403]);

/**
 * The error for a token answer without a body: that is what a commercial cloud gives to the credentials of a GovCloud.
 * `undefined` for any other answer, and at the hosts of a GovCloud.
 */
export function govCloudMismatch(answer: Exchange): FalconError | undefined {
  if (!wordlessStatuses.has(answer.status) || answer.body.length > 0 || cloudOfUrl(answer.request.url)?.government) {
    return undefined;
  }
  return answerError('CLOUD_MISMATCH', answer, `the cloud answered ${answer.status} without a word`, {
    hint:
      'A commercial cloud answers so to the credentials of a GovCloud, which autodiscovery cannot find: ' +
      'set the cloud to us-gov-1 or us-gov-2.',
  });
}

function credentialsFailure(answer: Exchange, said: string): FalconError {
  if (answer.body.length > 0 && readJson(answer.body) === undefined) {
    return answerError('REQUEST_REJECTED', answer, `${answer.status} with an answer that is no JSON`, {
      hint: 'The Falcon cloud answers in JSON: look for a proxy or a firewall in between.',
    });
  }
  const [first, ...more] = readApiErrors(answer.body);
  if (answer.status === 403 && first?.message === addressRefused && more.length === 0) {
    return answerError('IP_NOT_ALLOWED', answer, `access denied${said}`, {
      hint: "Add this machine's address to the IP allow-list of the Falcon console, or take the list off the API client.",
    });
  }
  return answerError('CREDENTIALS_REJECTED', answer, `client id and secret were refused${said}`, {
    hint: 'Check client id and secret, and that the cloud is the one the API client was made in.',
  });
}
