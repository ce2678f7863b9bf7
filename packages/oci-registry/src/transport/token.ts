import type { Credential } from '../credentials/credential.ts';
import type { KeychainTarget } from '../credentials/keychain.ts';
import { RegistryError } from '../error.ts';
import { forbiddenAddress, isForbiddenAddress } from './address.ts';
import type { Challenge } from './challenge.ts';
import type { TlsOptions } from './client-options.ts';
import type { HttpRequest, HttpTransport } from './http.ts';
import { responseError } from './response-error.ts';
import { type AccessToken, parseToken } from './token-document.ts';
import { scopesOf } from './token-scope.ts';
import { accessHint } from './unauthorized.ts';

/** What a token is asked for. */
export interface TokenRequest {
  /** URL of the registry whose challenge is answered. */
  readonly registry: URL;
  /** TLS settings of the registry, instead of the client's. */
  readonly tls?: TlsOptions | undefined;
  readonly target: KeychainTarget;
  /** Rights asked for where the challenge does not say which: `pull`, `pull,push`. */
  readonly actions: string;
  /** Scopes wanted beside what the challenge names. */
  readonly scopes?: readonly string[] | undefined;
  readonly challenge: Challenge;
  readonly credential: Credential | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Basic authorization of RFC 7617 in UTF-8. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/**
 * The realm of a Bearer challenge as URL, if it is safe to send a credential there: https, or http where the registry
 * itself has no more; never a link-local or metadata address.
 *
 * @throws RegistryError `CHALLENGE_INVALID`, `ADDRESS_FORBIDDEN`
 */
export function checkedRealm(challenge: Challenge, registry: URL): URL {
  const realm = challenge.parameters.get('realm') ?? '';
  const what = `authenticate to ${registry.host}`;
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new RegistryError('CHALLENGE_INVALID', `${what}: the Bearer realm is not a URL of a token server`);
  }
  if (url.protocol === 'http:' && registry.protocol !== 'http:') {
    throw new RegistryError('CHALLENGE_INVALID', `${what}: the token server ${url.host} is not reached over https`, {
      hint: 'a registry with https must name a token server with https',
    });
  }
  if (isForbiddenAddress(url.hostname)) throw forbiddenAddress(url.hostname);
  return url;
}

/** `GET realm?service=…&scope=…` (distribution "Token Authentication Specification"). */
function getRequest(realm: URL, request: TokenRequest): HttpRequest {
  const { username, password } = request.credential ?? {};
  const url = new URL(realm);
  const service = request.challenge.parameters.get('service');
  if (service !== undefined) url.searchParams.append('service', service);
  for (const scope of scopesOf(request)) url.searchParams.append('scope', scope);
  const known = password !== undefined;
  if (known && username) url.searchParams.append('account', username);
  return {
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    authorization: known ? basicAuthorization(username ?? '', password) : undefined,
    foreign: realm.origin !== request.registry.origin,
    kind: 'token',
    tls: request.tls,
    signal: request.signal,
  };
}

/** `POST realm` with a refresh token (distribution "OAuth2 Token Authentication"). Redirects are not followed. */
function postRequest(realm: URL, request: TokenRequest, refreshToken: string): HttpRequest {
  const service = request.challenge.parameters.get('service');
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'falcon-iar',
    ...(service !== undefined && { service }),
    scope: scopesOf(request).join(' '),
    refresh_token: refreshToken,
  });
  return {
    method: 'POST',
    url: realm,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    foreign: realm.origin !== request.registry.origin,
    kind: 'token',
    tls: request.tls,
    signal: request.signal,
  };
}

/**
 * Gets an access token as a Bearer challenge asks.
 *
 * @throws RegistryError `UNAUTHORIZED` where the token server refuses the credential, and those of the transport.
 */
export async function fetchToken(http: HttpTransport, request: TokenRequest): Promise<AccessToken> {
  const realm = checkedRealm(request.challenge, request.registry);
  const identityToken = request.credential?.identityToken;
  const response = await http.send(
    identityToken === undefined ? getRequest(realm, request) : postRequest(realm, request, identityToken),
  );
  if (response.status === 200) return parseToken(response, request.signal);
  const { status } = response;
  const refused = status === 400 || status === 401 || status === 403;
  const error = await responseError(response, {
    notFound: 'CHALLENGE_INVALID',
    hint: refused ? accessHint(request.target, request.credential, request.actions) : undefined,
    retryAfter: http.retryAfter(response),
    signal: request.signal,
  });
  // OAuth2 says 400 for a refresh token that is no longer good (RFC 6749 §5.2).
  if (status !== 400) throw error;
  throw new RegistryError('UNAUTHORIZED', `${response.what}: HTTP 400, the token was refused`, {
    status,
    hint: error.hint,
    cause: error,
  });
}
