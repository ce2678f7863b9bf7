import { ClientCredentialsTokenSource } from './client-credentials-token-source.ts';
import type { ClosableTokenSource, TokenSourceOptions } from './token-source.ts';

/**
 * A token source for an API client: OAuth2 client credentials at `POST /oauth2/token`.
 *
 * - A token is reused until 120 s (`renewBefore`) before its expiry, or half its life where that is later. While an old
 *   token is still valid, a renewal that fails for a passing reason gives the old one.
 * - Callers who ask at the same time share one request, and one who aborts does not disturb the others.
 * - A 308 to the credentials' home region is followed and remembered, if it leads to a known Falcon API host, or from
 *   this machine to this machine; credentials go nowhere else. Autodiscovery is among commercial clouds: GovCloud
 *   credentials at a commercial cloud are `CLOUD_MISMATCH`.
 * - `close` takes the token back.
 *
 * `token()` rejects with FalconError `CREDENTIALS_REJECTED`, `CLOUD_MISMATCH`, `IP_NOT_ALLOWED`, `REDIRECT_REFUSED`,
 * `REQUEST_REJECTED`, `NOT_FOUND`, `RATE_LIMITED` (with `retryAfter`), `UNAVAILABLE`, `NETWORK`, `TIMEOUT`,
 * `RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`, `CLOSED`. It does not retry by itself.
 *
 * @throws FalconError `OPTIONS_INVALID`.
 */
export function createTokenSource(options: TokenSourceOptions): ClosableTokenSource {
  return new ClientCredentialsTokenSource(options);
}
