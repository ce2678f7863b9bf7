import { RegistryError } from '../../error.ts';
import { isRetryableStatus, parseRetryAfter, retryDelay } from '../../transport/retry.ts';
import type { CloudRequest, CloudResponse } from '../cloud-http.ts';
import type { AzureSource } from './azure-source.ts';

/** What one attempt led to. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** Status of the answer; `undefined` where the connection broke. */
  readonly status: number | undefined;
  /** How long the service asks to be left alone, in ms. */
  readonly retryAfter: number | undefined;
}

/** `Retry-After` of an answer, in ms. */
export function retryAfterOf(source: AzureSource, response: CloudResponse): number | undefined {
  return parseRetryAfter(response.headers['retry-after'], source.now());
}

/**
 * Sends a request that changes nothing until it has an answer that is worth more than another attempt.
 *
 * @param wait how long to wait before the next attempt, in ms; `undefined` ends it
 * @throws RegistryError those of {@link CloudHttp}
 */
export async function askAgain(
  source: AzureSource,
  request: CloudRequest,
  wait: (attempt: Attempt) => number | undefined,
): Promise<CloudResponse> {
  const { signal } = request;
  for (let number = 1; ; number++) {
    let response: CloudResponse | undefined;
    let failure: unknown;
    try {
      response = await source.http(request);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryError && error.retryable)) throw error;
      failure = error;
    }
    const retryAfter = response && retryAfterOf(source, response);
    const delay = wait({ number, status: response?.status, retryAfter });
    if (delay === undefined && response === undefined) throw failure;
    if (delay === undefined && response !== undefined) return response;
    await source.retry.sleep(delay ?? 0, { signal });
  }
}

/** {@link askAgain} by the rules for registries: broken connections, 408, 429 and 5xx, with jitter and `Retry-After`. */
export function askPatiently(source: AzureSource, request: CloudRequest): Promise<CloudResponse> {
  return askAgain(source, request, ({ number, status, retryAfter }) =>
    status === undefined || isRetryableStatus(status) ? retryDelay(source.retry, number, retryAfter) : undefined,
  );
}
