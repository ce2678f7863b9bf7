import { ClientCredentialsTokenSource } from './client-credentials-token-source.ts';
import type { TokenSource, TokenSourceOptions } from './token-source.ts';

/**
 * A token source for an API client: OAuth2 client credentials at `POST /oauth2/token`.
 *
 * - A token is reused until 120 s before its expiry, or half its life where it lives less than 240 s. While an old token
 *   is still valid, a renewal that fails for a passing reason gives the old one.
 * - Callers who ask at the same time share one request, and one who aborts does not disturb the others.
 * - A 308 to the credentials' home region is followed and remembered, if it leads to a known Falcon API host, or from
 *   this machine to this machine; credentials go nowhere else.
 *
 * `token()` rejects with FalconError `CREDENTIALS_REJECTED`, `IP_NOT_ALLOWED`, `REDIRECT_REFUSED`, `REQUEST_REJECTED`,
 * `RATE_LIMITED` (with `retryAfter`), `SERVER_ERROR`, `NETWORK`, `TIMEOUT`, `RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`.
 * It does not retry by itself.
 *
 * @throws FalconError `OPTIONS_INVALID`.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  return new ClientCredentialsTokenSource(options);
}
