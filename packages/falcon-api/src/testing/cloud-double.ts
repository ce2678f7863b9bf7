import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountRoutes } from './account-routes.ts';
import { CallBook } from './call-book.ts';
import { type FalconCloudFaults, FaultCounter, type HostFault } from './cloud-faults.ts';
import {
  type DoubleAnswer,
  type DoubleReaction,
  refuse,
  refuseBare,
  refuseEntities,
  refuseUnauthorizedUpload,
} from './envelope.ts';
import type { FalconCloudDoubleOptions } from './falcon-cloud-options.ts';
import type { HostReaction, HostRequest } from './host-server.ts';
import { inventoryPath, inventoryRoutes } from './inventory-routes.ts';
import { InventoryStore } from './inventory-store.ts';
import { RateMeter } from './rate-meter.ts';
import { readRoutes } from './read/read-routes.ts';
import { RecentUploads } from './recent-uploads.ts';
import type { DoubleHost } from './records.ts';
import { type RouteMatch, RouteTable } from './route-table.ts';
import { TokenBook } from './token-book.ts';
import { answerRevoke, answerToken, redirectHome, type TokenDesk } from './token-routes.ts';

/** What the double runs with where the options do not say. */
const defaults = {
  ccid: '0123456789ABCDEF0123456789ABCDEF-12',
  maxBody: 256 * 1024 * 1024,
  maxStored: 4 * 1024 ** 3,
  rateLimit: 6000,
  tokenLifetime: 1799,
  keep: 1000,
} as const;

/** What a request is asking for, as far as faults tell calls apart. */
type CallKind = 'token' | 'inventory' | 'other';

/** The double without its sockets: takes requests of its hosts, gives reactions, keeps the books. */
export class CloudDouble {
  readonly region: string;
  readonly faults: FalconCloudFaults;
  readonly scopes: Set<string>;
  readonly store: InventoryStore;
  readonly uploads: RecentUploads;
  readonly tokens: TokenBook;
  readonly book: CallBook;
  /** Customer id with checksum. */
  readonly ccid: string;
  /** What the calls for image registry credentials hand out. */
  readonly registryPassword: string;
  /** Bytes of a body, decompressed. */
  readonly maxBody: number;
  /** Port of the home region's API host. */
  homePort = 0;
  readonly #options: FalconCloudDoubleOptions;
  readonly #desk: TokenDesk;
  readonly #routes: RouteTable;
  readonly #now: () => number;
  readonly #meter: RateMeter;
  readonly #used = new FaultCounter();
  readonly #closing = new AbortController();

  constructor(options: FalconCloudDoubleOptions & { readonly clientId: string; readonly clientSecret: string }) {
    const { ccid, keep, maxBody, maxStored, rateLimit, tokenLifetime } = { ...defaults, ...options };
    const { clientId, clientSecret, memberCcids } = options;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#meter = new RateMeter(rateLimit, this.#now);
    this.region = options.region ?? 'us-1';
    this.ccid = ccid;
    this.registryPassword = options.registryPassword ?? randomBytes(24).toString('base64url');
    this.faults = options.faults ?? {};
    this.maxBody = maxBody;
    this.uploads = new RecentUploads(keep);
    this.book = new CallBook(keep, options.onCall);
    this.tokens = new TokenBook(this.#now, tokenLifetime);
    const { tokens, faults, region } = this;
    this.#desk = { clientId, clientSecret, region, ccid, memberCcids, tokens, faults };
    this.store = new InventoryStore(options.storeDir, maxStored);
    this.#routes = this.#makeRoutes();
    this.scopes = new Set(options.scopes ?? this.#routes.scopes);
  }

  /** What a request comes to, once it was done and noted in the books. */
  async react(host: DoubleHost, request: HostRequest): Promise<HostReaction> {
    const began = performance.now();
    const traceId = randomUUID();
    const fault = this.#faultOf(host, request);
    const reaction = await this.#work(host, request, fault, traceId).catch((error: unknown) =>
      this.#closing.signal.aborted ? 'reset' : failed(request, error, traceId),
    );
    const truncated = fault?.answer === 'truncated' && typeof reaction !== 'string';
    this.book.record({
      host,
      request,
      reaction: truncated ? 'truncated' : reaction,
      answered: reaction,
      began,
      traceId,
    });
    if (typeof reaction === 'string') {
      return reaction;
    }
    const { status, headers, json, content } = reaction;
    return {
      ...{ status, truncated, headers: { ...headers, ...this.#commonHeaders(host), 'x-cs-traceid': traceId } },
      ...(json === undefined ? {} : { json }),
      ...(content === undefined ? {} : { content }),
    };
  }

  /** Ends what waits, and releases the store. */
  close(): void {
    this.#closing.abort();
    this.store.close();
  }

  #makeRoutes(): RouteTable {
    const { store, uploads, maxBody, ccid, registryPassword } = this;
    const gzip = this.#options.gzip ?? 'refused';
    return new RouteTable([
      ...inventoryRoutes({ store, gzip, maxBody, onAccepted: (request, bytes) => uploads.push(request, bytes) }),
      ...accountRoutes(registryPassword),
      ...readRoutes(store, this.#options.read ?? {}),
      ...(this.#options.routes?.({ inventories: store, ccid, registryPassword }) ?? []),
    ]);
  }

  #commonHeaders(host: DoubleHost): Readonly<Record<string, string>> {
    const { deprecated } = this.faults;
    const notice = deprecated === undefined || host === 'other-region' ? {} : { 'x-api-deprecation': deprecated };
    return { ...this.#meter.headers(), ...notice };
  }

  async #work(
    host: DoubleHost,
    request: HostRequest,
    fault: HostFault | undefined,
    traceId: string,
  ): Promise<DoubleReaction> {
    const nextCall = this.#meter.admit();
    if (fault?.delay !== undefined) {
      await sleep(fault.delay, undefined, { signal: this.#closing.signal });
    }
    if (fault?.answer !== undefined && fault.answer !== 'truncated') {
      const { answer } = fault;
      return typeof answer === 'number' ? { status: answer, reason: `status ${answer} (fault)` } : answer;
    }
    if (nextCall !== undefined) {
      return this.#tooMany(nextCall, this.#options.retryAfterUnit ?? 'seconds', 'rate limit', traceId);
    }
    if (request.oversized) {
      return { status: 413, reason: `the body exceeds ${this.maxBody} bytes` };
    }
    return host === 'other-region'
      ? this.#answerElsewhere(request, traceId)
      : (this.#rateLimited(request, traceId) ?? this.#answer(host, request, traceId));
  }

  #answerElsewhere(request: HostRequest, traceId: string): DoubleAnswer {
    if (request.method !== 'POST' || request.path !== '/oauth2/token') {
      return refuse(401, 'access denied, invalid bearer token', traceId, 'a call to another region');
    }
    // The name the caller knows this machine by, which need not be the one the double listens on.
    const origin = `http://${request.headers.host ?? ''}`;
    const hostname = URL.canParse(origin) ? new URL(origin).hostname : '127.0.0.1';
    const home = this.faults.redirectWithoutLocation ? undefined : `http://${hostname}:${this.homePort}`;
    return redirectHome(request, home, this.region);
  }

  async #answer(host: 'api' | 'upload', request: HostRequest, traceId: string): Promise<DoubleAnswer> {
    if (host === 'api' && request.method === 'POST' && request.path === '/oauth2/token') {
      return answerToken(request, this.#desk, traceId);
    }
    if (host === 'api' && request.method === 'POST' && request.path === '/oauth2/revoke') {
      return answerRevoke(request, this.#desk, traceId);
    }
    const match = this.#routes.find(host, request.method, request.path);
    if (match === undefined) {
      return refuse(404, 'not found', traceId, 'no such call on this host');
    }
    return this.#refusal(host, request, match, traceId) ?? this.#run(host, request, match, traceId);
  }

  /** What keeps a call from its route: token or scope. */
  #refusal(
    host: 'api' | 'upload',
    request: HostRequest,
    { route }: RouteMatch,
    traceId: string,
  ): DoubleAnswer | undefined {
    const state = this.tokens.check(request.headers.authorization);
    const form = { meta: refuse, entities: refuseEntities, bare: refuseBare }[route.refusal ?? 'meta'];
    if (state !== 'valid') {
      const reason = `the token is ${state}`;
      return host === 'upload'
        ? refuseUnauthorizedUpload(reason)
        : (form === refuseBare ? refuseBare : refuse)(401, 'access denied, invalid bearer token', traceId, reason);
    }
    return this.scopes.has(route.scope)
      ? undefined
      : form(403, 'access denied, authorization failed', traceId, `scope ${route.scope} is missing`);
  }

  async #run(
    host: 'api' | 'upload',
    request: HostRequest,
    { route, parameters }: RouteMatch,
    traceId: string,
  ): Promise<DoubleAnswer> {
    const ccid = this.tokens.ccidOf(request.headers.authorization) ?? this.#desk.ccid;
    const query = new URLSearchParams(request.query);
    return route.answer({ request, query, parameters, traceId, host, ccid, now: this.#now() });
  }

  /** The fault that hits a request. */
  #faultOf(host: DoubleHost, request: HostRequest): HostFault | undefined {
    const fault = this.#faultFor(host, kindOf(request));
    const meant = fault !== undefined && (fault.method === undefined || fault.method === request.method);
    return meant && this.#used.use(fault) ? fault : undefined;
  }

  #faultFor(host: DoubleHost, kind: CallKind): HostFault | undefined {
    if (host === 'other-region') {
      return undefined;
    }
    if (kind === 'inventory') {
      return this.faults[`${host}Inventory`];
    }
    return kind === 'token' ? this.faults.token : host === 'api' ? this.faults.apiOther : undefined;
  }

  #rateLimited(request: HostRequest, traceId: string): DoubleAnswer | undefined {
    const fault = this.faults.rateLimit;
    if (fault === undefined || (fault.on ?? 'inventory') !== kindOf(request) || !this.#used.use(fault)) {
      return undefined;
    }
    return this.#tooMany(this.#now() + fault.wait, fault.unit, 'rate limit (fault)', traceId);
  }

  #tooMany(time: number, unit: 'seconds' | 'milliseconds', reason: string, traceId: string): DoubleAnswer {
    const value = unit === 'seconds' ? Math.ceil(time / 1000) : time;
    const answer = refuse(429, 'API rate limit exceeded.', traceId, reason);
    return { ...answer, headers: { 'x-ratelimit-retryafter': String(value) } };
  }
}

function kindOf({ path }: HostRequest): CallKind {
  return path === '/oauth2/token' ? 'token' : path === inventoryPath ? 'inventory' : 'other';
}

/** A 500, which the inventory endpoint gives without a body. */
function failed({ path }: HostRequest, error: unknown, traceId: string): DoubleAnswer {
  const reason = error instanceof Error ? error.message : String(error);
  return path === inventoryPath ? { status: 500, reason } : refuseEntities(500, 'internal error', traceId, reason);
}
