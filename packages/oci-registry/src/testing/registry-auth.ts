import { randomBytes } from 'node:crypto';
import { errorDocument, type Reply } from './faults.ts';

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

/** The single rights of a scope: `repository:team/app:pull,push` has two. */
function rightsOf(scope: string): string[] {
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
   * The refusal of a request, or `undefined` where it may pass.
   *
   * @param scope what it takes, with all its actions: `repository:team/app:pull,push`
   */
  refusal(request: AuthRequest, scope: string, baseUrl: string): Reply | undefined {
    const auth = this.#auth;
    if (auth.type === 'anonymous') return undefined;
    if (auth.type === 'basic') {
      if (request.authorization === basicOf(auth.username, auth.password)) return undefined;
      return refused(`Basic realm="${auth.realm ?? 'Sonatype Nexus Repository Manager'}"`);
    }
    const token = this.#tokens.get(request.authorization?.replace(/^Bearer /, '') ?? '');
    const isLive = token !== undefined && token.expiresAt > this.#now();
    if (isLive && rightsOf(scope).every((right) => token.scopes.has(right))) return undefined;
    const error =
      request.authorization === undefined ? '' : isLive ? ',error="insufficient_scope"' : ',error="invalid_token"';
    const realm = auth.realm ?? `${baseUrl}/token`;
    return refused(`Bearer realm="${realm}",service="${new URL(baseUrl).host}",scope="${scope}"${error}`);
  }

  /** The answer of the token endpoint, by GET with Basic or by POST with a refresh token. */
  issue(request: AuthRequest, baseUrl: string): Reply {
    const auth = this.#auth;
    if (auth.type !== 'bearer') return json(404, errorDocument('UNSUPPORTED', 'no token server'));
    const isPost = request.method === 'POST';
    const query = isPost ? new URLSearchParams(request.body) : request.url.searchParams;
    if (query.get('service') !== new URL(baseUrl).host) {
      return json(400, Buffer.from('{"details":"unknown service"}'));
    }
    const known = isPost ? this.#knowsRefreshToken(query) : this.#knowsUser(request);
    if (known === false) return json(401, Buffer.from('{"details":"incorrect username or password"}'));
    const scopes = query.getAll('scope').flatMap((scope) => scope.split(' '));
    const rights = scopes.flatMap(rightsOf);
    const mayPull = auth.anonymousPull === true;
    const granted = known === true ? rights : rights.filter((right) => mayPull && right.endsWith(':pull'));
    const lifetime = auth.lifetime ?? 300;
    const token = randomBytes(24).toString('base64url');
    this.#tokens.set(token, { scopes: new Set(granted), expiresAt: this.#now() + lifetime * 1000 });
    const field = isPost ? 'access_token' : 'token';
    return json(200, Buffer.from(JSON.stringify({ [field]: token, expires_in: lifetime })));
  }

  /** Forgets all tokens, as a registry does whose key has been changed. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  #knowsRefreshToken(query: URLSearchParams): boolean {
    const auth = this.#auth;
    const isRefresh = query.get('grant_type') === 'refresh_token';
    return isRefresh && auth.type === 'bearer' && query.get('refresh_token') === auth.identityToken;
  }

  /** `undefined` where nobody claims to be anybody. */
  #knowsUser(request: AuthRequest): boolean | undefined {
    const auth = this.#auth;
    if (request.authorization === undefined || auth.type !== 'bearer') return undefined;
    const { username, password } = auth;
    return username !== undefined && request.authorization === basicOf(username, password ?? '');
  }
}
