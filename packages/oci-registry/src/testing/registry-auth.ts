import { randomBytes } from 'node:crypto';
import { errorDocument, type Reply } from './reply.ts';

/** How a test registry authenticates. */
export type RegistryAuth =
  | { readonly type: 'anonymous' }
  | {
      readonly type: 'basic';
      readonly username: string;
      readonly password: string;
      /** Realm of the challenge, not a URL. Default the words that Nexus sends. */
      readonly realm?: string | undefined;
    }
  | {
      readonly type: 'bearer';
      /** User that may get tokens for everything. */
      readonly username?: string | undefined;
      readonly password?: string | undefined;
      /** Refresh token that may get tokens for everything, by POST. */
      readonly identityToken?: string | undefined;
      /** Whether tokens to pull are given without any credential. Default false. */
      readonly anonymousPull?: boolean | undefined;
      /** Life of a token, in seconds. Default 300. */
      readonly lifetime?: number | undefined;
      /** For how many requests a token is good, whatever its lifetime. Default any number. */
      readonly requestsPerToken?: number | undefined;
      /** Realm of the challenge. Default the `/token` of the registry itself. */
      readonly realm?: string | undefined;
    };

/** A request as far as authentication looks at it. */
export interface AuthRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  /** Body of a POST. */
  readonly body: string;
}

interface IssuedToken {
  /** Single rights, `repository:team/app:pull`. */
  readonly scopes: ReadonlySet<string>;
  readonly expiresAt: number;
  /** Requests it is still good for. */
  left: number;
}

function json(status: number, body: Uint8Array, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...headers },
    body,
  };
}

function refused(challenge: string): Reply {
  return json(401, errorDocument('UNAUTHORIZED', 'authentication required'), { 'www-authenticate': challenge });
}

function basicOf(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenOf(authorization: string | undefined): string {
  return /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
}

function detail(status: number, details: string): Reply {
  return json(status, Buffer.from(JSON.stringify({ details })));
}

/** The single rights of a scope: `repository:team/app:pull,push` has two, an empty one none. */
function rightsOf(scope: string): string[] {
  if (scope === '') return [];
  const colon = scope.lastIndexOf(':');
  return scope
    .slice(colon + 1)
    .split(',')
    .map((action) => `${scope.slice(0, colon)}:${action}`);
}

/** Checks requests as strictly as real registries do: tokens have scopes and an end, and both are looked at. */
export class RegistryAuthenticator {
  readonly #auth: RegistryAuth;
  readonly #now: () => number;
  readonly #tokens = new Map<string, IssuedToken>();

  constructor(auth: RegistryAuth, now: () => number) {
    this.#auth = auth;
    this.#now = now;
  }

  /**
   * The refusal of a request, or `undefined` where it may pass; a token is used up by it.
   *
   * @param scope what it takes, with all its actions: `repository:team/app:pull,push`; empty for any credential
   */
  refusal(request: AuthRequest, scope: string, baseUrl: string): Reply | undefined {
    const auth = this.#auth;
    if (this.allows(request, scope)) {
      const token = this.#liveToken(request);
      if (token !== undefined) token.left -= 1;
      return undefined;
    }
    if (auth.type !== 'bearer') {
      const realm = (auth.type === 'basic' ? auth.realm : undefined) ?? 'Sonatype Nexus Repository Manager';
      return refused(`Basic realm="${realm}"`);
    }
    const why = this.#liveToken(request) === undefined ? 'invalid_token' : 'insufficient_scope';
    const error = request.authorization === undefined ? '' : `,error="${why}"`;
    const wanted = scope === '' ? '' : `,scope="${scope}"`;
    const realm = auth.realm ?? `${baseUrl}/token`;
    return refused(`Bearer realm="${realm}",service="${new URL(baseUrl).host}"${wanted}${error}`);
  }

  /** Whether the credential of a request covers a scope. */
  allows(request: AuthRequest, scope: string): boolean {
    const auth = this.#auth;
    if (auth.type === 'anonymous') return true;
    if (auth.type === 'basic') return request.authorization === basicOf(auth.username, auth.password);
    const token = this.#liveToken(request);
    return token !== undefined && rightsOf(scope).every((right) => token.scopes.has(right));
  }

  /** The answer of the token endpoint: by GET with Basic, or by POST with a refresh token or a password. */
  issue(request: AuthRequest, baseUrl: string): Reply {
    const auth = this.#auth;
    if (auth.type !== 'bearer') return json(404, errorDocument('UNSUPPORTED', 'no token server'));
    const isPost = request.method === 'POST';
    if (!isPost && request.method !== 'GET') return json(405, errorDocument('UNSUPPORTED', 'no such method'));
    const query = isPost ? new URLSearchParams(request.body) : request.url.searchParams;
    if (query.get('service') !== new URL(baseUrl).host) return detail(400, 'unknown service');
    if (isPost && !query.get('client_id')) return detail(400, 'client_id is missing');
    const known = isPost ? this.#knowsForm(query) : this.#knowsUser(request);
    if (known === false) return detail(401, 'incorrect username or password');
    const rights = query
      .getAll('scope')
      .flatMap((scope) => scope.split(' '))
      .flatMap(rightsOf);
    const mayPull = auth.anonymousPull === true;
    const granted = known === true ? rights : rights.filter((right) => mayPull && right.endsWith(':pull'));
    const { lifetime = 300, requestsPerToken: left = Number.POSITIVE_INFINITY, identityToken } = auth;
    const token = randomBytes(24).toString('base64url');
    this.#tokens.set(token, { scopes: new Set(granted), expiresAt: this.#now() + lifetime * 1000, left });
    const wantsRefresh = query.get('offline_token') === 'true' || query.get('access_type') === 'offline';
    const refresh = wantsRefresh && known === true && identityToken ? { refresh_token: identityToken } : {};
    const document = { [isPost ? 'access_token' : 'token']: token, expires_in: lifetime, ...refresh };
    return json(200, Buffer.from(JSON.stringify(document)));
  }

  /** Forgets all tokens, as a registry does whose key has been changed. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** Forgets the token of one request. */
  revoke(authorization: string | undefined): void {
    this.#tokens.delete(tokenOf(authorization));
  }

  #liveToken(request: AuthRequest): IssuedToken | undefined {
    const token = this.#tokens.get(tokenOf(request.authorization));
    return token !== undefined && token.expiresAt > this.#now() && token.left > 0 ? token : undefined;
  }

  #knowsForm(form: URLSearchParams): boolean {
    const auth = this.#auth;
    if (auth.type !== 'bearer') return false;
    if (form.get('grant_type') === 'refresh_token') return form.get('refresh_token') === (auth.identityToken ?? '');
    const { username = '', password = '' } = auth;
    const isUser = username !== '' && form.get('username') === username && form.get('password') === password;
    return form.get('grant_type') === 'password' && isUser;
  }

  /** `undefined` where nobody claims to be anybody. */
  #knowsUser(request: AuthRequest): boolean | undefined {
    const auth = this.#auth;
    if (request.authorization === undefined || auth.type !== 'bearer') return undefined;
    const { username, password } = auth;
    return username !== undefined && request.authorization === basicOf(username, password ?? '');
  }
}
