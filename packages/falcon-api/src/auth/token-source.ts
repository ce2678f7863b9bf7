import type { Dispatcher } from 'undici';
import type { CallPace, PacePolicy } from '../http/call-pace.ts';
import type { NoticeListener } from '../http/falcon-notice.ts';
import type { AccessToken } from './access-token.ts';

/** Gives bearer tokens for the Falcon API, and knows which API host they are good for. */
export interface TokenSource {
  /**
   * A token that is valid now.
   *
   * @throws FalconError as `createTokenSource` says; on abort `signal.reason` itself.
   */
  token(options?: { readonly signal?: AbortSignal }): Promise<AccessToken>;
  /** Never gives this token again. A token that has been replaced since is left alone, so that a late 401 costs nothing. */
  invalidate(token: AccessToken): void;
  /** Takes back the current token at the cloud, so that nobody can use it any more. Does nothing where there is none. */
  revoke(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Home region of the credentials as the cloud told it, once a token was issued. */
  readonly region?: string | undefined;
  /** Origin of the API: the one given, or the one of the home region after the cloud redirected there. */
  readonly apiUrl: string;
  /** The pace that all who use these tokens keep, for the cloud counts calls by API client. Default: each its own. */
  readonly pace?: CallPace;
}

/** A token source that is done with at some time. */
export interface ClosableTokenSource extends TokenSource, AsyncDisposable {
  readonly pace: CallPace;
  /**
   * Ends every `token()` that waits or comes with FalconError `CLOSED`, and takes back the current token at the cloud, for
   * which it waits 5 s at most. A failure of that is a notice, `revoke-failed`, for the token expires by itself; who must
   * know calls `revoke` first.
   */
  close(): Promise<void>;
}

/** An OAuth2 API client, as the Falcon console makes them. */
export interface FalconCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Child CID to act for, where the client belongs to a managing parent: 32 hexadecimal digits. Case does not matter, a
   * checksum behind it is left out.
   */
  readonly memberCid?: string;
}

/** How to get tokens. */
export interface TokenSourceOptions extends FalconCredentials {
  /** Origin of the API, such as `https://api.crowdstrike.com`. */
  readonly apiUrl: string;
  /** undici dispatcher for the requests. Default: undici's global one. */
  readonly dispatcher?: Dispatcher;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** `User-Agent` of the requests. */
  readonly userAgent?: string;
  /** Milliseconds for one request. Default 30 000. */
  readonly timeout?: number;
  /** Milliseconds before its expiry that a token is renewed, but never before half its life. Default 120 000. */
  readonly renewBefore?: number;
  /** When calls slow down by themselves. */
  readonly pace?: PacePolicy;
  /** Told of what an operator may want to know. */
  readonly onNotice?: NoticeListener;
  /** Allows plain http to hosts other than this machine. Default false. */
  readonly insecureHttp?: boolean;
}
