import type { Dispatcher } from 'undici';
import { parseBaseUrl } from '../cloud/base-url.ts';
import { cidWithoutChecksum } from '../cloud/customer-id.ts';
import { homeCloud } from '../cloud/resolve-cloud.ts';
import { FalconError } from '../falcon-error.ts';
import { CallPace } from '../http/call-pace.ts';
import { DeprecationWatch } from '../http/deprecation-watch.ts';
import type { AnswerHead } from '../http/exchange.ts';
import { coolDownNotice, type NoticeListener } from '../http/falcon-notice.ts';
import { defaultUserAgent, parseUserAgent } from '../http/user-agent.ts';
import { type AccessToken, IssuedToken } from './access-token.ts';
import { SharedFlight } from './shared-flight.ts';
import { requestToken, revokeToken, type TokenCall } from './token-request.ts';
import type { ClosableTokenSource, TokenSourceOptions } from './token-source.ts';

/** Milliseconds that taking back the token may hold up the end. */
const closingTime = 5000;

interface CachedToken {
  readonly token: AccessToken;
  readonly renewAt: number;
}

/** See `createTokenSource`. Everything secret lives in private members, which neither `inspect` nor JSON shows. */
export class ClientCredentialsTokenSource implements ClosableTokenSource {
  readonly pace: CallPace;
  readonly #clientId: string;
  readonly #clientSecret: string;
  readonly #memberCid: string | undefined;
  readonly #dispatcher: Dispatcher | undefined;
  readonly #userAgent: string;
  readonly #timeout: number;
  readonly #renewBefore: number;
  readonly #now: () => number;
  readonly #onNotice: NoticeListener | undefined;
  readonly #deprecations: DeprecationWatch;
  readonly #flight = new SharedFlight<AccessToken>();
  readonly #closing = new AbortController();
  #apiUrl: string;
  #region: string | undefined;
  #cached: CachedToken | undefined;

  constructor(options: TokenSourceOptions) {
    this.#clientId = requireText('clientId', options.clientId);
    this.#clientSecret = requireText('clientSecret', options.clientSecret);
    this.#memberCid = options.memberCid === undefined ? undefined : parseMemberCid(options.memberCid);
    this.#apiUrl = parseBaseUrl('apiUrl', options.apiUrl, options.insecureHttp ?? false);
    this.#dispatcher = options.dispatcher;
    this.#userAgent = parseUserAgent(options.userAgent ?? defaultUserAgent);
    this.#timeout = options.timeout ?? 30_000;
    this.#renewBefore = requireDuration('renewBefore', options.renewBefore ?? 120_000);
    this.#now = options.now ?? Date.now;
    this.#onNotice = options.onNotice;
    this.#deprecations = new DeprecationWatch(this.#onNotice);
    this.pace = new CallPace(options.pace);
  }

  get apiUrl(): string {
    return this.#apiUrl;
  }

  get region(): string | undefined {
    return this.#region;
  }

  async token({ signal }: { readonly signal?: AbortSignal } = {}): Promise<AccessToken> {
    const either = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    either.throwIfAborted();
    const cached = this.#cached;
    if (cached !== undefined && this.#now() < cached.renewAt) {
      return cached.token;
    }
    try {
      return await this.#flight.join((flightSignal) => this.#renew(flightSignal), either);
    } catch (error) {
      const passing = !either.aborted && error instanceof FalconError && error.retryable;
      if (passing && cached !== undefined && cached === this.#cached && this.#now() < cached.token.expiresAt) {
        return cached.token;
      }
      throw error;
    }
  }

  invalidate(token: AccessToken): void {
    if (this.#cached?.token.value === token.value) {
      this.#cached = undefined;
    }
  }

  async revoke({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted();
    await this.#revoke(this.#timeout, signal);
  }

  async #revoke(timeout: number, signal: AbortSignal | undefined): Promise<void> {
    const cached = this.#cached;
    this.#cached = undefined;
    if (cached !== undefined && this.#now() < cached.token.expiresAt) {
      await revokeToken({ ...this.#call(signal), timeout }, cached.token);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new FalconError('CLOSED', 'Falcon token source: it was closed'));
    try {
      await this.#revoke(Math.min(this.#timeout, closingTime), undefined);
    } catch (error) {
      if (!(error instanceof FalconError)) {
        throw error;
      }
      this.#onNotice?.({ kind: 'revoke-failed', error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #renew(signal: AbortSignal): Promise<AccessToken> {
    // The life of a token is counted from before the question, so that it never seems longer than it is.
    const asked = this.#now();
    const grant = await requestToken(this.#call(signal), this.#memberCid);
    // A known host gives way to the host of the region the cloud named; any other host stays.
    this.#apiUrl = homeCloud(grant.apiUrl, grant.region ?? '')?.apiUrl ?? grant.apiUrl;
    this.#region = grant.region;
    const lifetime = grant.lifetime * 1000;
    const token = new IssuedToken(grant.accessToken, asked + lifetime);
    this.#cached = { token, renewAt: token.expiresAt - Math.min(this.#renewBefore, lifetime / 2) };
    return token;
  }

  #call(signal: AbortSignal | undefined): TokenCall {
    return {
      apiUrl: this.#apiUrl,
      clientId: this.#clientId,
      clientSecret: this.#clientSecret,
      dispatcher: this.#dispatcher,
      userAgent: this.#userAgent,
      timeout: this.#timeout,
      now: this.#now,
      observe: (answer) => this.#observe(answer),
      signal,
    };
  }

  #observe(answer: AnswerHead): void {
    this.#deprecations.observe(answer);
    const wait = this.pace.learnRest(answer, this.#now());
    if (wait !== undefined) {
      this.#onNotice?.(coolDownNotice(answer, wait));
    }
  }
}

function parseMemberCid(memberCid: string): string {
  const cid = cidWithoutChecksum(memberCid);
  if (cid === undefined) {
    throw new FalconError('OPTIONS_INVALID', 'memberCid: not 32 hexadecimal digits, with or without a checksum');
  }
  return cid;
}

function requireDuration(option: string, value: number): number {
  if (!(value >= 0)) {
    throw new FalconError('OPTIONS_INVALID', `${option}: not a number of milliseconds`);
  }
  return value;
}

function requireText(option: string, value: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new FalconError('OPTIONS_INVALID', `${option}: empty`, {
      hint: 'Make an API client in the Falcon console and set its id and secret.',
    });
  }
  return value;
}
