/**
 * What went wrong between a caller and the Falcon cloud.
 *
 * - `CLOUD_UNKNOWN`: no cloud has this name.
 * - `OPTIONS_INVALID`: an option cannot be used, such as a URL without scheme.
 * - `CREDENTIALS_REJECTED`: the cloud refused client id and secret.
 * - `CLOUD_MISMATCH`: a commercial cloud was given what looks like the credentials of a GovCloud.
 * - `IP_NOT_ALLOWED`: the cloud refused the address the call came from.
 * - `UNAUTHORIZED`: the cloud refused a token it had just issued.
 * - `FORBIDDEN`: the API client lacks a scope.
 * - `REDIRECT_REFUSED`: the cloud pointed to a host that must not see the credentials.
 * - `PAYLOAD_REJECTED`: the cloud refused the body that was sent; sending it again does not help.
 * - `REQUEST_REJECTED`: the cloud refused a request for another reason; making it again does not help.
 * - `NOT_FOUND`: the host does not serve the path.
 * - `RATE_LIMITED`: too many calls; `retryAfter` says when to come back.
 * - `UNAVAILABLE`: the cloud failed, or is not at work.
 * - `NETWORK`: the host was not reached, or the connection broke.
 * - `TIMEOUT`: no whole answer in time.
 * - `RESPONSE_INVALID`: the answer is not what the interface promises.
 * - `RESPONSE_TOO_LARGE`: the answer is longer than its limit.
 * - `INVENTORY_INVALID`: an upload body breaks the published schema.
 * - `CLOSED`: the client was closed.
 */
export type FalconErrorCode =
  | 'CLOUD_UNKNOWN'
  | 'OPTIONS_INVALID'
  | 'CREDENTIALS_REJECTED'
  | 'CLOUD_MISMATCH'
  | 'IP_NOT_ALLOWED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'REDIRECT_REFUSED'
  | 'PAYLOAD_REJECTED'
  | 'REQUEST_REJECTED'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'NETWORK'
  | 'TIMEOUT'
  | 'RESPONSE_INVALID'
  | 'RESPONSE_TOO_LARGE'
  | 'INVENTORY_INVALID'
  | 'CLOSED';

/** The codes that may pass when the same call is made again later. */
const retryableCodes: ReadonlySet<FalconErrorCode> = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'NETWORK', 'TIMEOUT']);

/** What a FalconError tells beside its code and message. */
export interface FalconErrorDetails {
  /** What to do about it, in one sentence. */
  readonly hint?: string;
  /** Milliseconds to wait before the next attempt. */
  readonly retryAfter?: number;
  /** Where the call went: origin and path, without a query. */
  readonly url?: string;
  /** HTTP status of the answer. */
  readonly status?: number;
  /** `X-Cs-Traceid` of the answer, for the vendor's support. */
  readonly traceId?: string;
  /** With `FORBIDDEN`: the scope the call needs, as `name:read` or `name:write`. */
  readonly scope?: string;
  /** With `INVENTORY_INVALID`: each problem as `path: what is wrong`. */
  readonly problems?: readonly string[];
  readonly cause?: unknown;
}

const brand: symbol = Symbol.for('@falcon-iar/falcon-api/FalconError');

/**
 * The one error class of this package; `instanceof` also recognises errors of another copy of it. No message holds a
 * credential, a token or a query string.
 */
export class FalconError extends Error {
  override readonly name = 'FalconError';
  readonly code: FalconErrorCode;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  declare readonly hint?: string;
  declare readonly retryAfter?: number;
  declare readonly url?: string;
  declare readonly status?: number;
  declare readonly traceId?: string;
  declare readonly scope?: string;
  declare readonly problems?: readonly string[];

  /**
   * Makes the error; its code is put before the message.
   *
   * @param message what and where: what happened; nothing secret
   */
  constructor(code: FalconErrorCode, message: string, details: FalconErrorDetails = {}) {
    const { cause, ...known } = details;
    super(`[${code}] ${message}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.retryable = retryableCodes.has(code);
    Object.assign(this, known);
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises errors of every copy of this package by their brand. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
