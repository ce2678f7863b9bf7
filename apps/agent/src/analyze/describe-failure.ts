import { inspect } from 'node:util';

/** What went wrong with an image, as it is remembered and reported. */
export interface Failure {
  /** Code of the error, from a closed set; `UNEXPECTED` for a defect of ours. */
  readonly code: string;
  readonly reason: string;
  readonly hint: string | undefined;
  /** Whether the same may go well later without anybody doing anything. */
  readonly retryable: boolean;
  /** How long whoever failed asks to be left alone, ms. */
  readonly retryAfter: number | undefined;
}

interface CodedError extends Error {
  readonly code?: unknown;
  readonly hint?: unknown;
  readonly retryable?: unknown;
  readonly retryAfter?: unknown;
}

/** Reads an error of any of the packages. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) {
    const reason = typeof error === 'string' ? error : inspect(error);
    return { code: 'UNEXPECTED', reason, hint: undefined, retryable: false, retryAfter: undefined };
  }
  const { message, code, hint, retryable, retryAfter }: CodedError = error;
  return {
    code: typeof code === 'string' ? code : (/^\[([A-Z_]+)\]/.exec(message)?.[1] ?? 'UNEXPECTED'),
    reason: message,
    hint: typeof hint === 'string' ? hint : undefined,
    retryable: retryable === true,
    retryAfter: isDuration(retryAfter) ? retryAfter : undefined,
  };
}

/** What is no number of ms would make a timer fire at once, again and again. */
function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
