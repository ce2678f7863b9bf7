/**
 * What went wrong between this package and a Kubernetes API server.
 *
 * - `UNAUTHORIZED`: the API server does not accept the credentials (401).
 * - `FORBIDDEN`: RBAC does not allow the verb on the resource (403).
 * - `NOT_FOUND`: the API server has no such object or resource (404).
 * - `GONE`: the resource version or continue token is too old (410); a new list is needed.
 * - `RATE_LIMITED`: the API server asks to slow down (429).
 * - `SERVER_ERROR`: the API server failed (5xx).
 * - `REQUEST_REJECTED`: the API server refuses the request as it is (another 4xx, a redirect).
 * - `NETWORK`: the API server cannot be reached, or the connection broke.
 * - `TIMEOUT`: nothing came for longer than the idle timeout.
 * - `RESPONSE_INVALID`: the answer is not what the Kubernetes API promises.
 * - `RESPONSE_TOO_LARGE`: a body or a line of a watch is longer than its limit.
 * - `OPTIONS_INVALID`: an option or a kubeconfig cannot be used as it is.
 * - `CREDENTIALS_UNREADABLE`: a token, certificate or kubeconfig file cannot be read, or an exec plugin failed.
 * - `CLOSED`: the transport was closed.
 */
export type WatcherErrorCode =
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'GONE'
  | 'RATE_LIMITED'
  | 'SERVER_ERROR'
  | 'REQUEST_REJECTED'
  | 'NETWORK'
  | 'TIMEOUT'
  | 'RESPONSE_INVALID'
  | 'RESPONSE_TOO_LARGE'
  | 'OPTIONS_INVALID'
  | 'CREDENTIALS_UNREADABLE'
  | 'CLOSED';

/** The codes that may pass when the same request is made again later. */
const retryableCodes: ReadonlySet<WatcherErrorCode> = new Set(['RATE_LIMITED', 'SERVER_ERROR', 'NETWORK', 'TIMEOUT']);

const brand: unique symbol = Symbol.for('@falcon-iar/k8s-watcher/WatcherError');

/** Options of a {@link WatcherError}. */
export interface WatcherErrorOptions {
  /** How long to wait before the next attempt, in ms, where the server said so. */
  readonly retryAfter?: number | undefined;
  /** What to do about it, for people. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package. `instanceof` also recognises errors of another copy of the package. */
export class WatcherError extends Error {
  override readonly name = 'WatcherError';
  readonly code: WatcherErrorCode;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** ms. */
  readonly retryAfter: number | undefined;
  readonly hint: string | undefined;

  /**
   * Makes the error; its code is put before the message.
   *
   * @param message - `METHOD host/path: what happened`, without credentials or query strings.
   */
  constructor(code: WatcherErrorCode, message: string, options: WatcherErrorOptions = {}) {
    super(`[${code}] ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = retryableCodes.has(code);
    this.retryAfter = options.retryAfter;
    this.hint = options.hint;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises errors of every copy of this package by their brand. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
