import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { selfSignedCertificate } from '@falcon-iar/oci-registry/testing';
import { listenOnLoopback } from './loopback-port.ts';

/** A token server for a registry (distribution, "Token Authentication Specification"). */
export interface TokenServer extends AsyncDisposable {
  /** Realm for the registry's challenge. */
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** Certificate whose key signs the tokens, PEM. */
  readonly certificate: string;
  /** What was asked for, oldest first: `GET alice repository:team/app:pull`. */
  readonly asked: readonly string[];
}

/** Who gets tokens. */
export interface TokenServerOptions {
  readonly user: { readonly name: string; readonly password: string };
  /** Refresh token that stands for the same user. */
  readonly identityToken?: string;
  /** Whether anybody may pull. Default false. */
  readonly anonymousPull?: boolean;
}

interface TokenQuery {
  readonly service: string | null;
  readonly scopes: readonly string[];
  /** The user that asks; `undefined` for nobody, `null` for one that is not known. */
  readonly user: string | null | undefined;
}

/** Starts a token server that signs as registries check it: ES256 with the certificate in the header. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { key, cert } = selfSignedCertificate(['token.test']);
  const [service, issuer] = ['falcon-iar registry', 'falcon-iar tokens'];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void queryOf(request, options).then((query) => {
      asked.push(`${request.method} ${query.user ?? 'nobody'} ${query.scopes.join(' ')}`);
      const refused = query.user === null || query.service !== service;
      const body = refused ? { details: 'incorrect user name or password' } : issue(query);
      response.writeHead(refused ? 401 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const issue = ({ scopes, user }: TokenQuery): object => {
    const access = scopes.flatMap((scope) => {
      const [, type = '', name = '', actions = ''] = /^([a-z]+):(.+):([a-z*,]+)$/.exec(scope) ?? [];
      const granted = actions.split(',').filter((action) => user || (options.anonymousPull && action === 'pull'));
      return granted.length > 0 ? [{ type, name, actions: granted }] : [];
    });
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: service, sub: user ?? '', access, jti: randomUUID(), iat: now, nbf: now - 10 };
    const token = signed({ ...claims, exp: now + 300 }, key, cert);
    return { token, access_token: token, expires_in: 300, issued_at: new Date().toISOString() };
  };
  const port = await listenOnLoopback(server);
  return {
    ...{ realm: `http://127.0.0.1:${port}/token`, service, issuer, certificate: cert, asked },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function queryOf(request: IncomingMessage, { user, identityToken }: TokenServerOptions): Promise<TokenQuery> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const query = request.method === 'POST' ? new URLSearchParams(text) : url.searchParams;
  const scopes = query.getAll('scope').flatMap((scope) => scope.split(' '));
  const basic = Buffer.from(request.headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
  const isKnown =
    request.method === 'POST'
      ? query.get('grant_type') === 'refresh_token' && query.get('refresh_token') === identityToken
      : basic === `${user.name}:${user.password}`;
  const isNobody = request.method === 'GET' && basic === '';
  return { service: query.get('service'), scopes, user: isKnown ? user.name : isNobody ? undefined : null };
}

function signed(claims: object, key: string, certificate: string): string {
  const header = { typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(certificate).raw.toString('base64')] };
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
