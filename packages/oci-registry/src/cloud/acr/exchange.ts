import { z } from 'zod';
import { RegistryError } from '../../error.ts';
import { askPatiently } from '../ask-patiently.ts';
import { jsonOf } from '../json-of.ts';
import type { Perishable } from '../renewed.ts';
import type { AzureContext } from './azure-options.ts';
import type { AzureToken } from './azure-token.ts';
import { refusal, tokenField } from './token-answer.ts';

/** What is exchanged, and where. */
export interface ExchangeRequest {
  /** URL of the registry. */
  readonly registry: URL;
  /** Name under which the registry knows itself: its host. */
  readonly service: string;
  readonly token: AzureToken;
  readonly signal?: AbortSignal | undefined;
}

/** Life of a refresh token that does not tell, ms: what Azure documents. */
const defaultLifetime = 3 * 60 * 60_000;
/** Longest life believed, ms. */
const maxLifetime = 24 * 60 * 60_000;

const answerSchema = z.looseObject({ refresh_token: tokenField });
const claimsSchema = z.looseObject({ exp: z.number().positive(), iat: z.number().positive().optional() });

/**
 * The end of a JWT (RFC 7519 §4.1) that was got at a moment, ms since the epoch. Where it tells when it was made, its
 * life counts from when it was asked for, so that a clock here that is wrong does no harm.
 */
export function endOfJwt(token: string, asked: number): number {
  const [, payload = ''] = token.split('.');
  const claims = claimsSchema.safeParse(jsonOf(Buffer.from(payload, 'base64url').toString('utf8')));
  if (!claims.success) return asked + defaultLifetime;
  const { exp, iat } = claims.data;
  const lifetime = iat === undefined ? exp * 1000 - asked : (exp - iat) * 1000;
  return asked + Math.max(0, Math.min(lifetime, maxLifetime));
}

/**
 * Gets a refresh token of a registry for a token of Entra ID: `POST /oauth2/exchange`, "AAD-OAuth" of the Azure
 * Container Registry documentation. It goes to the registry itself, and redirects are not followed.
 *
 * @throws RegistryError `CREDENTIALS_UNAVAILABLE` where the registry refuses, `RESPONSE_INVALID` for an answer that is
 * none, and those of the connection
 */
export async function exchangeToken(context: AzureContext, request: ExchangeRequest): Promise<Perishable<string>> {
  const { service, token } = request;
  const url = new URL('/oauth2/exchange', request.registry);
  const form = new URLSearchParams({
    grant_type: 'access_token',
    service,
    ...(token.tenant !== undefined && { tenant: token.tenant }),
    access_token: token.token,
  });
  const answer = await askPatiently(context, {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    signal: request.signal,
  });
  const what = `${answer.what} as ${token.identity}`;
  if (answer.status !== 200) {
    throw refusal(answer, {
      what,
      secrets: [token.token],
      hint: 'check the name of the registry, that the identity is of its tenant, and give it the role AcrPull',
    });
  }
  const parsed = answerSchema.safeParse(jsonOf(answer.body));
  if (!parsed.success) throw new RegistryError('RESPONSE_INVALID', `${what}: the answer has no usable refresh token`);
  const { refresh_token: value } = parsed.data;
  return { value, expiresAt: endOfJwt(value, answer.asked) };
}
