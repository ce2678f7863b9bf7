import { RegistryError } from '../../error.ts';
import { printUrl } from '../../transport/redact.ts';
import { isRetryableStatus, parseRetryAfter, retryDelay } from '../../transport/retry.ts';
import type { CloudRequest, CloudResponse } from '../cloud-http.ts';
import type { GoogleContext } from './google-credentials-options.ts';

/** An answer, and what it was an answer to. */
export interface Answer extends CloudResponse {
  /** Method and redacted URL, for messages. */
  readonly what: string;
  /** When it was asked for, ms since the epoch. */
  readonly asked: number;
  /** `Retry-After` in ms, where there is one. */
  readonly retryAfter: number | undefined;
}

async function askOnce(context: GoogleContext, request: CloudRequest): Promise<Answer> {
  const asked = context.now();
  const response = await context.http(request);
  return {
    ...response,
    what: `${request.method} ${printUrl(request.url)}`,
    asked,
    retryAfter: parseRetryAfter(response.headers['retry-after'], context.now()),
  };
}

/**
 * Asks a service, again where it is busy or the connection breaks; all that is asked here may be asked twice. A status
 * that does not go away is answered like any other.
 *
 * @throws RegistryError what {@link CloudHttp} throws, or the reason of the signal
 */
export async function ask(context: GoogleContext, request: CloudRequest): Promise<Answer> {
  const { signal } = request;
  for (let attempt = 1; ; attempt++) {
    let answer: Answer | undefined;
    let failure: unknown;
    try {
      answer = await askOnce(context, request);
      if (!isRetryableStatus(answer.status)) return answer;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryError) || !error.retryable) throw error;
      failure = error;
    }
    const wait = retryDelay(context.retry, attempt, answer?.retryAfter);
    if (wait !== undefined) await context.retry.sleep(wait, { signal });
    else if (answer !== undefined) return answer;
    else throw failure;
  }
}
