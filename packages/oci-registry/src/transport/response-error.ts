import { z } from 'zod';
import { RegistryError } from '../error.ts';
import type { DistributionErrorCode, RegistryErrorCode } from '../error-codes.ts';
import type { HttpResponse } from './http.ts';
import { readCapped } from './read-capped.ts';
import { cleanForeignText } from './redact.ts';
import { responseBody } from './response-body.ts';
import { isRetryableStatus } from './retry.ts';

/** Largest error document read, in bytes. */
const maxErrorBytes = 64 * 1024;

const registryCodes: ReadonlySet<string> = new Set<DistributionErrorCode>([
  'BLOB_UNKNOWN',
  'BLOB_UPLOAD_INVALID',
  'BLOB_UPLOAD_UNKNOWN',
  'DENIED',
  'DIGEST_INVALID',
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_INVALID',
  'MANIFEST_UNKNOWN',
  'MANIFEST_UNVERIFIED',
  'NAME_INVALID',
  'NAME_UNKNOWN',
  'SIZE_INVALID',
  'TAG_INVALID',
  'TOOMANYREQUESTS',
  'UNAUTHORIZED',
  'UNAVAILABLE',
  'UNSUPPORTED',
]);

/** Error document of distribution-spec "Error Codes"; token servers use `details` or the OAuth2 form. */
const errorSchema = z.looseObject({
  errors: z
    .array(z.looseObject({ code: z.string().nullish(), message: z.string().nullish() }))
    .nullish()
    .catch(undefined),
  details: z.string().nullish().catch(undefined),
  error_description: z.string().nullish().catch(undefined),
});

interface ServerWords {
  readonly code?: string;
  readonly message?: string;
}

/** What the body of a failed response says, where it says something. A body that cannot be read says nothing more. */
async function serverWords(response: HttpResponse, signal: AbortSignal | undefined): Promise<ServerWords> {
  let text: string;
  try {
    const bytes = await readCapped(responseBody(response, signal), maxErrorBytes, () => new Error('too large'));
    text = Buffer.from(bytes).toString('utf8');
  } catch {
    signal?.throwIfAborted();
    return {};
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // Proxies answer in HTML: the status alone says it better.
    return {};
  }
  const parsed = errorSchema.safeParse(document);
  if (!parsed.success) return {};
  const first = parsed.data.errors?.[0];
  const message = first?.message ?? parsed.data.details ?? parsed.data.error_description;
  return {
    ...(first?.code && { code: first.code.toUpperCase() }),
    ...(message && { message: cleanForeignText(message) }),
  };
}

/** Statuses that mean the same whatever the body says. */
const byStatus: Readonly<Record<number, RegistryErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  408: 'TIMEOUT',
  429: 'TOOMANYREQUESTS',
};

function codeFor(status: number, serverCode: string | undefined, notFound: RegistryErrorCode): RegistryErrorCode {
  const fixed = byStatus[status];
  if (fixed !== undefined) return fixed;
  if (serverCode !== undefined && registryCodes.has(serverCode)) return serverCode as DistributionErrorCode;
  if (status === 404) return notFound;
  if (status === 405 || status === 406 || status === 501) return 'UNSUPPORTED';
  return status >= 500 ? 'UNAVAILABLE' : 'RESPONSE_INVALID';
}

const hints: Partial<Record<RegistryErrorCode, string>> = {
  DENIED: 'the credential is known but lacks the right that this takes in the repository',
  TOOMANYREQUESTS: 'the registry limits its rate; wait, or authenticate for a higher limit',
  MANIFEST_UNKNOWN: 'check the tag or digest; it may have been deleted',
  NAME_UNKNOWN: 'check the repository name',
};

/** What the caller of {@link responseError} knows and the response does not. */
export interface ResponseErrorContext {
  /** Code of a 404 without a code of its own. */
  readonly notFound: RegistryErrorCode;
  /** Hint that says more than the usual one for the code. */
  readonly hint?: string | undefined;
  /** `Retry-After` in ms. */
  readonly retryAfter?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Turns a response that is not the wanted one into an error. Reads the body, at most 64 KiB of it. */
export async function responseError(response: HttpResponse, context: ResponseErrorContext): Promise<RegistryError> {
  const { status } = response;
  const words = await serverWords(response, context.signal);
  const code = codeFor(status, words.code, context.notFound);
  const said = words.message === undefined ? '' : `, ${words.message}`;
  return new RegistryError(code, `${response.what}: HTTP ${status}${said}`, {
    status,
    retryable: isRetryableStatus(status),
    retryAfter: context.retryAfter,
    hint: context.hint ?? hints[code],
  });
}
