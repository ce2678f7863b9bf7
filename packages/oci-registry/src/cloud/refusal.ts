import { RegistryError } from '../error.ts';
import { cleanForeignText } from '../transport/redact.ts';
import { isRetryableStatus } from '../transport/retry.ts';
import type { CloudAnswer } from './ask-patiently.ts';

/**
 * What a service says, fit for a message: without what was sent to it, and without all that is as long as a token.
 *
 * @param secrets what was sent and must not come back; what is shorter than four characters is none
 */
export function harmlessText(said: string, secrets: readonly (string | undefined)[]): string {
  const known = secrets.filter((secret) => secret !== undefined && secret.length > 3);
  const text = known.reduce((rest: string, secret) => rest.replaceAll(String(secret), '***'), said);
  return cleanForeignText(text.replace(/[\w.+=~-]{60,}/g, '***'));
}

/** What is known of a refusal beside its answer. */
export interface RefusalContext {
  /** What a person can do, where waiting does not help. */
  readonly hint?: string | undefined;
  /** Whether another attempt may do better. Default by the status. */
  readonly retryable?: boolean | undefined;
}

/**
 * The error for an answer that gives nothing: `CREDENTIALS_UNAVAILABLE`.
 *
 * @param message who was asked what, and why it gives nothing
 */
export function refused(answer: CloudAnswer, message: string, context: RefusalContext = {}): RegistryError {
  const { status, retryAfter } = answer;
  const { hint, retryable = isRetryableStatus(status) } = context;
  return new RegistryError('CREDENTIALS_UNAVAILABLE', message, {
    status,
    retryable,
    retryAfter,
    hint: retryable ? 'try again later; the service is busy or has a problem of its own' : hint,
  });
}
