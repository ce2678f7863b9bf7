import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it came. */
export interface DoubleRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** An answer. */
export interface DoubleReply {
  readonly status: number;
  /** An object goes as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the double was told to do. */
export interface GoogleDoubleOptions {
  /** Its clock, ms since the epoch. */
  readonly now: () => number;
  /** Life of the tokens it gives, seconds. Default 3600. */
  readonly lifetime?: number;
}

/** Key of the service account that {@link GoogleDouble} knows; made once, as it takes a while. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const impersonationPath = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/;
const metadataPath = '/computeMetadata/v1/instance/service-accounts/default/token';
const flavor = { 'Metadata-Flavor': 'Google' };

const refused = (error: string, description: string, status = 400): DoubleReply => ({
  status,
  body: { error, error_description: description },
});

/** The token services of Google, as strict as they are, on loopback. */
export class GoogleDouble implements AsyncDisposable {
  readonly requests: DoubleRequest[] = [];
  readonly email = 'puller@project.iam.gserviceaccount.com';
  readonly keyId = 'key-1';
  readonly client = { id: 'client-id', secret: 'GOCSPX-client-secret', refreshToken: '1//refresh-token-of-a-person' };
  readonly subjectToken = 'eyJhbGciOiJub25lIn0.c3ViamVjdC10b2tlbg.c2ln';
  readonly audience = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/oidc';
  readonly #server: Server;
  readonly #options: GoogleDoubleOptions;
  readonly #replies: { readonly path: string; readonly reply: DoubleReply | 'never' }[] = [];
  #count = 0;
  #federated = '';

  private constructor(server: Server, options: GoogleDoubleOptions) {
    this.#server = server;
    this.#options = options;
  }

  static async start(options: GoogleDoubleOptions): Promise<GoogleDouble> {
    const server = createServer((request, response) => void double.#serve(request, response));
    const double = new GoogleDouble(server, options);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** `127.0.0.1:PORT` */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many connections are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  }

  /** The next request for a path gets this answer, or none; the ones after it what was set for them. */
  reply(path: string, ...replies: readonly (DoubleReply | 'never')[]): void {
    this.#replies.push(...replies.map((reply) => ({ path, reply })));
  }

  /** The key file of the service account. */
  serviceAccount(changes: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({
      type: 'service_account',
      client_email: this.email,
      private_key_id: this.keyId,
      private_key: pemOf(privateKey),
      token_uri: `http://${this.host}/token`,
      universe_domain: 'googleapis.com',
      ...changes,
    });
  }

  /** The file of a person's login. */
  authorizedUser(changes: Readonly<Record<string, unknown>> = {}): string {
    const { id, secret, refreshToken } = this.client;
    return JSON.stringify({
      type: 'authorized_user',
      client_id: id,
      client_secret: secret,
      refresh_token: refreshToken,
      token_uri: `http://${this.host}/token`,
      ...changes,
    });
  }

  /** The file of an external account whose token is in `/token-file`. */
  externalAccount(changes: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({
      type: 'external_account',
      audience: this.audience,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `http://${this.host}/v1/token`,
      credential_source: { file: '/token-file' },
      ...changes,
    });
  }

  /** Where tokens of the service account are given to who may act as it. */
  get impersonationUrl(): string {
    return `http://${this.host}/v1/projects/-/serviceAccounts/${this.email}:generateAccessToken`;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    const request: DoubleRequest = { method, path, headers, body: await text(incoming) };
    this.requests.push(request);
    const index = this.#replies.findIndex((next) => next.path === path);
    const reply = index < 0 ? this.#answer(request) : this.#replies.splice(index, 1)[0]!.reply;
    if (reply === 'never') return;
    const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    response.writeHead(reply.status, { date: new Date(this.#options.now()).toUTCString(), ...reply.headers });
    response.end(body);
  }

  #answer(request: DoubleRequest): DoubleReply {
    const { method, path } = request;
    const form = new URLSearchParams(request.body);
    if (method === 'GET' && path === metadataPath) return this.#metadata(request);
    if (method === 'GET' && path === '/subject') {
      return request.headers['x-key'] === 'open'
        ? { status: 200, body: { id_token: this.subjectToken } }
        : refused('no', '', 401);
    }
    if (method === 'POST' && impersonationPath.test(path)) return this.#impersonate(request);
    if (method !== 'POST' || request.headers['content-type'] !== 'application/x-www-form-urlencoded') {
      return { status: 404, body: 'not found' };
    }
    if (path === '/v1/token') return this.#exchange(form);
    if (form.get('grant_type') === jwtBearer) return this.#assertion(form.get('assertion') ?? '');
    return this.#refresh(form);
  }

  #token(kind: string): DoubleReply {
    this.#count += 1;
    const access_token = `ya29.${kind}-${this.#count}`;
    return { status: 200, body: { access_token, expires_in: this.#options.lifetime ?? 3600, token_type: 'Bearer' } };
  }

  #metadata(request: DoubleRequest): DoubleReply {
    if (request.headers['metadata-flavor'] !== 'Google') return { status: 403, body: 'Missing Metadata-Flavor' };
    return { ...this.#token('metadata'), headers: flavor };
  }

  /** RFC 7523 §3, and what Google asks for beyond it. */
  #assertion(assertion: string): DoubleReply {
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const { alg, typ, kid } = decoded(header);
    if (alg !== 'RS256' || typ !== 'JWT' || kid !== this.keyId) return refused('invalid_grant', 'Invalid JWT header.');
    const isSigned = verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!isSigned) return refused('invalid_grant', 'Invalid JWT Signature.');
    const { iss, scope, aud, iat, exp } = decoded(claims);
    if (aud !== `http://${this.host}/token`) return refused('invalid_grant', `Invalid JWT audience ${assertion}`);
    if (iss !== this.email) return refused('invalid_grant', 'account not found');
    if (scope !== 'https://www.googleapis.com/auth/devstorage.read_only') return refused('invalid_scope', 'bad scope');
    const now = this.#options.now() / 1000;
    const isTimely = Number(iat) <= now + 300 && Number(exp) > now - 300 && Number(exp) - Number(iat) <= 3600;
    if (!isTimely) {
      return refused('invalid_grant', 'Invalid JWT: Token must be a short-lived token. Check your iat and exp values.');
    }
    return this.#token('account');
  }

  #refresh(form: URLSearchParams): DoubleReply {
    const { id, secret, refreshToken } = this.client;
    if (form.get('client_id') !== id || form.get('client_secret') !== secret)
      return refused('invalid_client', 'no', 401);
    const isGood = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === refreshToken;
    return isGood ? this.#token('user') : refused('invalid_grant', `Bad Request ${form.get('refresh_token')}`);
  }

  /** RFC 8693 §2.1 */
  #exchange(form: URLSearchParams): DoubleReply {
    const isForm = form.get('grant_type') === tokenExchange && form.get('requested_token_type') === accessTokenType;
    if (!isForm || form.get('subject_token_type') !== 'urn:ietf:params:oauth:token-type:jwt' || !form.get('scope')) {
      return refused('invalid_request', 'the form is wrong');
    }
    if (form.get('audience') !== this.audience) return refused('invalid_target', 'The target service is invalid.');
    if (form.get('subject_token') !== this.subjectToken) {
      return refused('invalid_grant', `ID Token ${form.get('subject_token')} is stale to sign-in.`);
    }
    const reply = this.#token('federated');
    this.#federated = (reply.body as { access_token: string }).access_token;
    return reply;
  }

  /** projects.serviceAccounts.generateAccessToken of IAM Service Account Credentials. */
  #impersonate(request: DoubleRequest): DoubleReply {
    const denied = { error: { code: 403, message: 'Permission denied on the account', status: 'PERMISSION_DENIED' } };
    if (request.headers.authorization !== `Bearer ${this.#federated}`) return { status: 403, body: denied };
    const { scope, lifetime } = JSON.parse(request.body) as { scope: string[]; lifetime: string };
    if (scope.length !== 1 || !/^\d+s$/.test(lifetime)) return { status: 400, body: {} };
    const ends = this.#options.now() + Number.parseInt(lifetime, 10) * 1000;
    const expireTime = new Date(ends).toISOString().replace('.000Z', 'Z');
    return { status: 200, body: { accessToken: 'ya29.impersonated', expireTime } };
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}
