import type { Dispatcher } from 'undici';
import { parseBaseUrl } from '../cloud/base-url.ts';
import { cloudOfUrl, findCloud } from '../cloud/resolve-cloud.ts';
import { FalconError } from '../falcon-error.ts';
import { defaultUserAgent, parseUserAgent } from '../http/user-agent.ts';
import { type AccessToken, IssuedToken } from './access-token.ts';
import { SharedFlight } from './shared-flight.ts';
import { requestToken, revokeToken, type TokenCall } from './token-request.ts';
import type { TokenSource, TokenSourceOptions } from './token-source.ts';

/** A token is renewed this long before it expires: milliseconds. */
const renewalMargin = 120_000;

interface CachedToken {
  readonly token: AccessToken;
  readonly renewAt: number;
}

/** See `createTokenSource`. Everything secret lives in private members, which neither `inspect` nor JSON shows. */
export class ClientCredentialsTokenSource implements TokenSource {
  readonly #clientId: string;
  readonly #clientSecret: string;
  readonly #memberCid: string | undefined;
  readonly #dispatcher: Dispatcher | undefined;
  readonly #userAgent: string;
  readonly #timeout: number;
  readonly #now: () => number;
  readonly #flight = new SharedFlight<AccessToken>();
  #apiUrl: string;
  #region: string | undefined;
  #cached: CachedToken | undefined;

  constructor(options: TokenSourceOptions) {
    this.#clientId = requireText('clientId', options.clientId);
    this.#clientSecret = requireText('clientSecret', options.clientSecret);
    this.#memberCid = options.memberCid;
    this.#apiUrl = parseBaseUrl('apiUrl', options.apiUrl, options.insecureHttp ?? false);
    this.#dispatcher = options.dispatcher;
    this.#userAgent = parseUserAgent(options.userAgent ?? defaultUserAgent);
    this.#timeout = options.timeout ?? 30_000;
    this.#now = options.now ?? Date.now;
  }

  get apiUrl(): string {
    return this.#apiUrl;
  }

  get region(): string | undefined {
    return this.#region;
  }

  async token({ signal }: { readonly signal?: AbortSignal } = {}): Promise<AccessToken> {
    signal?.throwIfAborted();
    const cached = this.#cached;
    if (cached !== undefined && this.#now() < cached.renewAt) {
      return cached.token;
    }
    try {
      return await this.#flight.join((flightSignal) => this.#renew(flightSignal), signal);
    } catch (error) {
      const passing = !signal?.aborted && error instanceof FalconError && error.retryable;
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
    const cached = this.#cached;
    this.#cached = undefined;
    if (cached !== undefined && this.#now() < cached.token.expiresAt) {
      await revokeToken(this.#call(signal), cached.token);
    }
  }

  async #renew(signal: AbortSignal): Promise<AccessToken> {
    // The life of a token is counted from before the question, so that it never seems longer than it is.
    const asked = this.#now();
    const grant = await requestToken(this.#call(signal), this.#memberCid);
    this.#apiUrl = homeApiUrl(grant.apiUrl, grant.region);
    this.#region = grant.region;
    const lifetime = grant.lifetime * 1000;
    const token = new IssuedToken(grant.accessToken, asked + lifetime);
    this.#cached = { token, renewAt: token.expiresAt - Math.min(renewalMargin, lifetime / 2) };
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
      signal,
    };
  }
}

/** Where calls belong: a known host gives way to the host of the region the cloud named; any other host stays. */
function homeApiUrl(apiUrl: string, region: string | undefined): string {
  const home = region === undefined ? undefined : findCloud(region);
  return home !== undefined && cloudOfUrl(apiUrl) !== undefined ? home.apiUrl : apiUrl;
}

function requireText(option: string, value: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new FalconError('OPTIONS_INVALID', `${option}: empty`, {
      hint: 'Make an API client in the Falcon console and set its id and secret.',
    });
  }
  return value;
}
