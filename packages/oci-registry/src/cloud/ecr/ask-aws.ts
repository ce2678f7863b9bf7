import { RegistryError } from '../../error.ts';
import { parseRetryAfter, retryDelay } from '../../transport/retry.ts';
import type { CloudRequest, CloudResponse } from '../cloud-http.ts';
import { type AwsFault, isTransient } from './aws-fault.ts';
import type { AwsContext } from './aws-options.ts';

/** A question to AWS. */
export interface AwsQuestion {
  /** Makes the request of each attempt, since signatures have a time. */
  readonly request: () => CloudRequest;
  /** Reads the fault out of an answer that is not 200. */
  readonly faultOf: (response: CloudResponse) => AwsFault;
  readonly signal?: AbortSignal | undefined;
}

/** What came of it. */
export type AwsAnswer =
  | { readonly response: CloudResponse; readonly fault?: undefined }
  | { readonly response: CloudResponse; readonly fault: AwsFault };

/** One attempt; an error that may be gone at the next one is handed back. */
async function attemptOnce(question: AwsQuestion, { http }: AwsContext): Promise<AwsAnswer | RegistryError> {
  const { request, faultOf, signal } = question;
  try {
    const response = await http({ ...request(), signal });
    return response.status === 200 ? { response } : { response, fault: faultOf(response) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RegistryError && error.retryable) return error;
    throw error;
  }
}

/**
 * Asks until there is an answer that will not change: throttling, server errors and broken connections are tried again
 * as the retry options say.
 *
 * Resolves to the last answer, with its fault where it is not a 200. Rejects where there was none.
 */
export async function askAws(question: AwsQuestion, context: AwsContext): Promise<AwsAnswer> {
  const { retry, now } = context;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOnce(question, context);
    if (outcome instanceof RegistryError) {
      const wait = retryDelay(retry, attempt, undefined);
      if (wait === undefined) throw outcome;
      await retry.sleep(wait, { signal: question.signal });
      continue;
    }
    if (outcome.fault === undefined || !isTransient(outcome.fault)) return outcome;
    const retryAfter = parseRetryAfter(outcome.response.headers['retry-after'], now());
    const wait = retryDelay(retry, attempt, retryAfter);
    if (wait === undefined) return outcome;
    await retry.sleep(wait, { signal: question.signal });
  }
}
