import { askPatiently, type CloudAnswer, usualWaits } from '../ask-patiently.ts';
import type { CloudRequest, CloudResponse } from '../cloud-http.ts';
import type { CloudContext } from '../cloud-options.ts';
import { type AwsFault, isTransient } from './aws-fault.ts';

/** What came of a question to AWS. */
export interface AwsAnswer {
  readonly answer: CloudAnswer;
  /** `undefined` where the status is 200. */
  readonly fault: AwsFault | undefined;
}

/**
 * Asks until there is an answer that will not change: throttling, server errors and broken connections are tried again
 * as the retry options say.
 *
 * Resolves to the last answer. Rejects with what {@link CloudHttp} rejects with, or the reason of the signal.
 *
 * @param request makes the request of each attempt, since signatures have a time
 * @param faultOf reads the fault out of an answer that is not 200
 */
export async function askAws(
  context: Pick<CloudContext, 'http' | 'now' | 'retry'>,
  request: CloudRequest | (() => CloudRequest),
  faultOf: (response: CloudResponse) => AwsFault,
): Promise<AwsAnswer> {
  const waits = usualWaits(context, (answer) => answer.status !== 200 && isTransient(faultOf(answer)));
  const answer = await askPatiently(context, request, waits);
  return { answer, fault: answer.status === 200 ? undefined : faultOf(answer) };
}
