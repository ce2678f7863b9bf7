import { randomBytes, randomUUID } from 'node:crypto';
import { type FalconCloudFaults, FaultCounter, type HostFault } from './cloud-faults.ts';
import { type DoubleAnswer, type DoubleReaction, refuse, refuseEntities, resources } from './envelope.ts';
import type { FalconCloudDoubleOptions } from './falcon-cloud-options.ts';
import type { HostReaction, HostRequest } from './host-server.ts';
import { answerInventory } from './inventory-routes.ts';
import { InventoryStore } from './inventory-store.ts';
import { RateMeter } from './rate-meter.ts';
import type { DoubleHost, RecordedRequest, Rejection } from './records.ts';
import { TokenBook } from './token-book.ts';
import { answerRevoke, answerToken, redirectHome } from './token-routes.ts';

const inventoryPath = '/image-assessment/entities/image-inventory/v1';

/** The calls that need a bearer token, by method and path, with the scope each needs. */
const scopeOf: ReadonlyMap<string, string> = new Map([
  [`HEAD ${inventoryPath}`, 'falcon-container-cli:read'],
  [`POST ${inventoryPath}`, 'falcon-container-cli:write'],
  ['GET /sensors/queries/installers/ccid/v1', 'sensor-installers:read'],
  ['GET /container-security/entities/image-registry-credentials/v1', 'falcon-container:read'],
  ['GET /snapshots/entities/image-registry-credentials/v1', 'snapshot-scanner-image-download:read'],
  ['GET /iac/entities/image-registry-credentials/v1', 'infrastructure-as-code:read'],
]);

/** The double without its sockets: takes requests of its hosts, gives reactions, keeps the books. */
export class CloudDouble {
  readonly region: string;
  readonly faults: FalconCloudFaults;
  readonly scopes: Set<string>;
  readonly store: InventoryStore;
  readonly tokens: TokenBook;
  readonly requests: RecordedRequest[] = [];
  readonly rejections: Rejection[] = [];
  /** Origin of the home region's API host. */
  home = '';
  readonly #clientId: string;
  readonly #clientSecret: string;
  readonly #ccid: string;
  readonly #registryPassword = randomBytes(24).toString('base64url');
  readonly #keep: number;
  readonly #now: () => number;
  readonly #meter: RateMeter;
  readonly #used = new FaultCounter();

  constructor(options: FalconCloudDoubleOptions & { readonly clientId: string; readonly clientSecret: string }) {
    this.#clientId = options.clientId;
    this.#clientSecret = options.clientSecret;
    this.region = options.region ?? 'us-1';
    this.faults = options.faults ?? {};
    this.scopes = new Set(options.scopes ?? scopeOf.values());
    this.#ccid = options.ccid ?? '0123456789ABCDEF0123456789ABCDEF-12';
    this.#keep = options.keep ?? 1000;
    this.#now = options.now ?? Date.now;
    this.#meter = new RateMeter(6000, this.#now);
    this.store = new InventoryStore(options.storeDir, this.#keep);
    this.tokens = new TokenBook(this.#now, options.tokenLifetime ?? 1799);
  }

  async open(): Promise<void> {
    await this.store.open();
  }

  async react(host: DoubleHost, request: HostRequest): Promise<HostReaction> {
    const traceId = randomUUID();
    const reaction = await this.#decide(host, request, traceId).catch((error: unknown) =>
      refuse(500, 'internal error', traceId, error instanceof Error ? error.message : String(error)),
    );
    this.#record(host, request, reaction, traceId);
    if (typeof reaction === 'string') {
      return reaction;
    }
    const headers = { ...reaction.headers, ...this.#meter.count(), 'x-cs-traceid': traceId };
    return { status: reaction.status, headers, ...(reaction.json === undefined ? {} : { json: reaction.json }) };
  }

  async #decide(host: DoubleHost, request: HostRequest, traceId: string): Promise<DoubleReaction> {
    const route = `${request.method} ${request.path}`;
    if (host === 'other-region') {
      return route === 'POST /oauth2/token'
        ? redirectHome(request, this.home, this.region)
        : unauthorized(host, traceId, 'a call to another region');
    }
    const fault = this.#fault(host, request, traceId);
    if (fault !== undefined) {
      return fault;
    }
    if (host === 'api' && route.startsWith('POST /oauth2/')) {
      return this.#answerOauth(request, traceId);
    }
    const scope = scopeOf.get(route);
    if (scope === undefined || (host === 'upload' && request.path !== inventoryPath)) {
      return refuse(404, 'not found', traceId, 'no such call on this host');
    }
    const state = this.tokens.check(request.headers.authorization);
    if (state !== 'valid') {
      return unauthorized(host, traceId, `the token is ${state}`);
    }
    return this.scopes.has(scope)
      ? this.#answerAuthorized(request, traceId)
      : refuseEntities(403, 'access denied, authorization failed', traceId, `scope ${scope} is missing`);
  }

  async #answerAuthorized(request: HostRequest, traceId: string): Promise<DoubleAnswer> {
    if (request.path === inventoryPath) {
      return request.method === 'HEAD' ? { status: 200 } : answerInventory(request, this.store);
    }
    return request.path.endsWith('/ccid/v1')
      ? resources([this.#ccid], traceId)
      : resources([{ token: this.#registryPassword }], traceId);
  }

  #answerOauth(request: HostRequest, traceId: string): DoubleAnswer {
    const { tokens, faults, region } = this;
    const desk = { clientId: this.#clientId, clientSecret: this.#clientSecret, region, tokens, faults };
    switch (request.path) {
      case '/oauth2/token':
        return answerToken(request, desk, traceId);
      case '/oauth2/revoke':
        return answerRevoke(request, desk, traceId);
      default:
        return refuse(404, 'not found', traceId, 'no such call on this host');
    }
  }

  /** What a fault makes of a request; `undefined` where none applies. */
  #fault(host: 'api' | 'upload', { method, path }: HostRequest, traceId: string): DoubleReaction | undefined {
    const on = path === '/oauth2/token' ? 'token' : path === inventoryPath ? 'inventory' : undefined;
    if (on === undefined) {
      return undefined;
    }
    const fault = on === 'token' ? this.faults.token : this.faults[`${host}Inventory`];
    if (appliesTo(fault, method) && this.#used.use(fault)) {
      const { answer } = fault;
      return typeof answer === 'number' ? { status: answer, reason: `status ${answer} (fault)` } : answer;
    }
    return this.#rateLimited(on, traceId);
  }

  #rateLimited(on: 'token' | 'inventory', traceId: string): DoubleAnswer | undefined {
    const fault = this.faults.rateLimit;
    if (fault === undefined || (fault.on ?? 'inventory') !== on || !this.#used.use(fault)) {
      return undefined;
    }
    const time = this.#now() + fault.wait;
    const value = fault.unit === 'seconds' ? Math.ceil(time / 1000) : time;
    const answer = refuse(429, 'API rate limit exceeded.', traceId, 'rate limit (fault)');
    return { ...answer, headers: { 'x-ratelimit-retryafter': String(value) } };
  }

  #record(host: DoubleHost, request: HostRequest, reaction: DoubleReaction, traceId: string): void {
    const { method, path } = request;
    const { authorization: _, ...headers } = request.headers;
    const answer = typeof reaction === 'string' ? reaction : reaction.status;
    this.requests.push({ host, method, path, headers, answer, traceId });
    this.requests.splice(0, this.requests.length - this.#keep);
    if (typeof reaction !== 'string' && reaction.reason !== undefined) {
      this.rejections.push({ host, method, path, status: reaction.status, reason: reaction.reason, traceId });
      this.rejections.splice(0, this.rejections.length - this.#keep);
    }
  }
}

function appliesTo(fault: HostFault | undefined, method: string): fault is HostFault {
  return fault !== undefined && (fault.method === undefined || fault.method === method);
}

/** A 401, in the form of the host that gives it. */
function unauthorized(host: DoubleHost, traceId: string, reason: string): DoubleAnswer {
  return host === 'upload'
    ? {
        status: 401,
        json: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] },
        reason,
      }
    : refuse(401, 'access denied, invalid bearer token', traceId, reason);
}
