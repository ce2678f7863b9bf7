import { z } from 'zod';
import { RegistryError } from '../error.ts';
import type { HttpResponse } from './http.ts';
import { header } from './http-headers.ts';
import { readCapped } from './read-capped.ts';
import { responseBody } from './response-body.ts';

/** An access token and how long it lasts. */
export interface AccessToken {
  readonly token: string;
  /** Life in ms from the moment the request was sent. */
  readonly lifetime: number;
}

/** Largest token document read, in bytes. */
const maxTokenBytes = 64 * 1024;
/** Life of a token that does not tell, in seconds (distribution "Token Authentication Specification"). */
const defaultLifetime = 60;
/** Longest life believed, in seconds. A token that ends before is renewed when it is refused. */
const maxLifetime = 24 * 60 * 60;

const tokenField = z
  .string()
  .regex(/^[\x21-\x7e]+$/)
  .nullish()
  .or(z.literal(''));
const tokenSchema = z.looseObject({
  token: tokenField,
  access_token: tokenField,
  expires_in: z.coerce.number().positive().nullish().catch(undefined),
  issued_at: z.string().nullish().catch(undefined),
});

/** How old a token already was when it was sent, in ms, by the clock of the server that sent it. */
function ageOf(issuedAt: string | null | undefined, response: HttpResponse): number {
  const age = Date.parse(header(response, 'date') ?? '') - Date.parse(issuedAt ?? '');
  return Number.isNaN(age) ? 0 : Math.max(0, age);
}

/**
 * Reads the answer of a token server. A life of nothing or of no sense counts as the 60 s of one that does not tell. Token
 * servers may hand out a token they have given before: what of its life is over, by `issued_at` and `Date`, is
 * subtracted, unless that leaves nothing, which only a broken clock does.
 *
 * @throws RegistryError `RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`, and those of reading a body
 */
export async function parseToken(response: HttpResponse, signal: AbortSignal | undefined): Promise<AccessToken> {
  const invalid = (): RegistryError =>
    new RegistryError('RESPONSE_INVALID', `${response.what}: the token server sent no usable token`);
  const bytes = await readCapped(
    responseBody(response, signal),
    maxTokenBytes,
    () =>
      new RegistryError('RESPONSE_TOO_LARGE', `${response.what}: the token document exceeds ${maxTokenBytes} bytes`),
  );
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // No cause: JSON.parse quotes what it read, which may be most of a token.
    throw invalid();
  }
  const parsed = tokenSchema.safeParse(document);
  const token = parsed.data?.token || parsed.data?.access_token;
  if (!token) throw invalid();
  const whole = Math.min(parsed.data?.expires_in ?? defaultLifetime, maxLifetime) * 1000;
  const age = ageOf(parsed.data?.issued_at, response);
  return { token, lifetime: age < whole ? whole - age : whole };
}
