import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type CloudHttp, createCloudHttp } from '../cloud-http.ts';

/** A request as it was meant: with the host that it was for. */
export interface DoubleRequest {
  /** `POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token` */
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  /** Whether it was never to go through a proxy. */
  readonly direct: boolean;
}

/** An answer in place of the right one. */
export interface DoubleAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

/** What the double stands for. */
export interface DoubleOptions {
  /** Current time of the double, ms since the epoch. */
  readonly now: () => number;
  readonly tenant?: string;
  /** Secrets and federated tokens by client id. */
  readonly applications?: Readonly<Record<string, string>>;
  /** Client and resource ids of managed identities; empty where the machine has none. */
  readonly identities?: readonly string[];
  /** Life of tokens of Entra ID and of registries, in seconds. Default 3600 and 10800. */
  readonly entraLife?: number;
  readonly registryLife?: number;
  /** Hosts where nothing listens. */
  readonly unreachable?: readonly string[];
  /** The refresh token to give out. Default a new JWT each time. */
  readonly refreshToken?: string;
  /** Name under which the registry knows itself. Default the host that the request is for. */
  readonly service?: string;
  /** What the metadata service says to requests without its header. Default what that of Azure says. */
  readonly firstSign?: DoubleAnswer;
}

/** Entra ID, the metadata service and any number of registries behind one loopback server. */
export interface AcrDouble extends AsyncDisposable {
  readonly url: string;
  /** Sends each request to the double instead of the host that it is for. */
  readonly http: CloudHttp;
  readonly requests: readonly DoubleRequest[];
  /** The lines of the requests. */
  readonly lines: readonly string[];
  /** Answers the next requests to a path with its end in other ways. */
  play(pathEnd: string, ...answers: readonly DoubleAnswer[]): void;
  /** Makes all tokens of Entra ID bad. */
  revoke(): void;
}

export const tenant = '11111111-2222-3333-4444-555555555555';
export const clientId = 'aaaaaaaa-0000-0000-0000-000000000001';
export const audience = 'https://containerregistry.azure.net';

const entraPath = '/oauth2/v2.0/token';
const metadataPath = '/metadata/identity/oauth2/token';
const exchangePath = '/oauth2/exchange';
const formType = 'application/x-www-form-urlencoded';
const bearerType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export function jwtOf(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const entraError = (status: number, error: string, description: string): DoubleAnswer => ({
  status,
  body: { error, error_description: `${description}\r\nTrace ID: 0\r\nTimestamp: 2026-01-01 00:00:00Z` },
});
const registryError = (message: string): DoubleAnswer => ({
  status: 401,
  body: { errors: [{ code: 'UNAUTHORIZED', message }] },
});
const keysOf = (form: object): string => Object.keys(form).sort().join(' ');

/** What the three services know, and how they answer. */
class Services {
  readonly #options: DoubleOptions;
  readonly #tokens = new Map<string, number>();
  #count = 0;

  constructor(options: DoubleOptions) {
    this.#options = options;
  }

  revoke(): void {
    this.#tokens.clear();
  }

  answer(
    method: string,
    host: string,
    url: URL,
    headers: DoubleRequest['headers'],
    form: DoubleRequest['form'],
  ): DoubleAnswer {
    if (url.pathname === metadataPath) return this.#metadata(method, url, headers);
    if (method !== 'POST' || headers['content-type'] !== formType) return { status: 405 };
    if (url.search !== '' || headers.accept !== 'application/json') return { status: 406 };
    if (url.pathname.endsWith(entraPath))
      return this.#entra(url.pathname.slice(0, -entraPath.length).split('/').at(-1), form);
    return url.pathname === exchangePath ? this.#exchange(host, form) : { status: 404 };
  }

  #issue(): { access_token: string; end: number } {
    const { now, entraLife = 3600 } = this.#options;
    const token = `entra-token-${++this.#count}`;
    const end = now() + entraLife * 1000;
    this.#tokens.set(token, end);
    return { access_token: token, end };
  }

  #entra(asked: string | undefined, form: DoubleRequest['form']): DoubleAnswer {
    const { applications = {}, entraLife = 3600 } = this.#options;
    if (asked !== (this.#options.tenant ?? tenant)) {
      return entraError(400, 'invalid_request', `AADSTS90002: Tenant '${asked}' not found.`);
    }
    const isAssertion = 'client_assertion' in form;
    const proof = isAssertion ? 'client_assertion client_assertion_type client_id' : 'client_id client_secret';
    if (keysOf(form) !== `${proof} grant_type scope` || form.grant_type !== 'client_credentials')
      return { status: 400 };
    if (isAssertion && form.client_assertion_type !== bearerType) return { status: 400 };
    if (form.scope !== `${audience}/.default`) return entraError(400, 'invalid_scope', 'AADSTS70011: no such scope.');
    const known = applications[form.client_id ?? ''];
    if (known === undefined) return entraError(400, 'unauthorized_client', 'AADSTS700016: Application not found.');
    const shown = form.client_secret ?? form.client_assertion;
    if (shown !== known) {
      return entraError(401, 'invalid_client', `AADSTS7000215: Invalid client secret provided: ${shown}.`);
    }
    const { access_token } = this.#issue();
    return { status: 200, body: { token_type: 'Bearer', expires_in: entraLife, access_token } };
  }

  #metadata(method: string, url: URL, headers: DoubleRequest['headers']): DoubleAnswer {
    const { identities = [], entraLife = 3600 } = this.#options;
    const { firstSign = { status: 400, body: { error: 'bad_request_102' } } } = this.#options;
    if (method !== 'GET' || headers.metadata !== 'true') return firstSign;
    const { 'api-version': version, resource, ...chosen } = Object.fromEntries(url.searchParams);
    if (version !== '2018-02-01' || resource !== audience) return { status: 400, body: { error: 'invalid_resource' } };
    const [identity = identities[0]] = Object.values(chosen);
    const name = identity?.startsWith('/subscriptions/') ? 'msi_res_id' : 'client_id';
    const isSpelled = keysOf(chosen) === '' || keysOf(chosen) === name;
    if (!isSpelled || identity === undefined || !identities.includes(identity)) {
      return { status: 400, body: { error: 'invalid_request', error_description: 'Identity not found' } };
    }
    const { access_token, end } = this.#issue();
    return {
      status: 200,
      body: { access_token, expires_in: String(entraLife), expires_on: String(end / 1000), resource },
    };
  }

  #exchange(host: string, form: DoubleRequest['form']): DoubleAnswer {
    const { now, registryLife = 10_800, refreshToken } = this.#options;
    const keys = keysOf(form);
    if (keys !== 'access_token grant_type service' && keys !== 'access_token grant_type service tenant') {
      return { status: 400 };
    }
    if (form.grant_type !== 'access_token' || form.service !== (this.#options.service ?? host)) return { status: 400 };
    if (form.tenant !== undefined && form.tenant !== (this.#options.tenant ?? tenant)) {
      return registryError(`tenant is not that of ${form.access_token}`);
    }
    const end = this.#tokens.get(form.access_token ?? '');
    if (end === undefined || end <= now()) return registryError('the token has expired');
    const iat = Math.floor(now() / 1000);
    const jwt = jwtOf({ iat, exp: iat + registryLife, aud: host, jti: ++this.#count, grant_type: 'refresh_token' });
    return { status: 200, body: { refresh_token: refreshToken ?? jwt } };
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

/** Sends what is meant for any host to one, with the name of the host it was meant for. */
function redirectedTo(url: string, unreachable: readonly string[]): CloudHttp {
  const send = createCloudHttp();
  return (request) => {
    // Port 1: nothing listens there.
    const base = unreachable.includes(request.url.host) ? 'http://127.0.0.1:1' : url;
    const target = new URL(request.url.pathname + request.url.search, base);
    const meant = { 'x-meant-for': request.url.origin, 'x-direct': String(request.direct ?? false) };
    return send({ ...request, url: target, headers: { ...request.headers, ...meant } });
  };
}

/** Starts the double. */
export async function createAcrDouble(options: DoubleOptions): Promise<AcrDouble> {
  const services = new Services(options);
  const requests: DoubleRequest[] = [];
  const played: { readonly pathEnd: string; readonly answer: DoubleAnswer }[] = [];
  const server = createServer(async (request, response) => {
    const { 'x-meant-for': meant, 'x-direct': direct, ...headers } = headersOf(request);
    const body = await text(request);
    const url = new URL(request.url ?? '/', meant ?? `http://${headers.host}`);
    const form = Object.fromEntries(new URLSearchParams(body));
    const { method = '' } = request;
    requests.push({ line: `${method} ${url.href}`, headers, form, direct: direct === 'true' });
    const at = played.findIndex(({ pathEnd }) => url.pathname.endsWith(pathEnd));
    // The first sign of life of the metadata service is no request for a token.
    const isProbe = url.pathname === metadataPath && headers.metadata === undefined;
    const [fault] = at < 0 || isProbe ? [] : played.splice(at, 1);
    const answer = fault?.answer ?? services.answer(method, url.host, url, headers, form);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    get lines() {
      return requests.map(({ line }) => line);
    },
    http: redirectedTo(url, options.unreachable ?? []),
    play(pathEnd, ...answers) {
      played.push(...answers.map((answer) => ({ pathEnd, answer })));
    },
    revoke: () => services.revoke(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
