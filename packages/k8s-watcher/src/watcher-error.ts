/**
 * What went wrong between this package and a Kubernetes API server.
 *
 * - `UNAUTHORIZED`: the API server does not accept the credentials (401).
 * - `FORBIDDEN`: RBAC does not allow the verb on the resource (403).
 * - `GONE`: the resource version is too old to watch from (410); a new list is needed.
 * - `RATE_LIMITED`: the API server asks to slow down (429).
 * - `NETWORK`: the API server cannot be reached.
 * - `INVALID_RESPONSE`: the answer is not what the Kubernetes API promises.
 */
export type WatcherErrorCode = 'UNAUTHORIZED' | 'FORBIDDEN' | 'GONE' | 'RATE_LIMITED' | 'NETWORK' | 'INVALID_RESPONSE';

const brand: unique symbol = Symbol.for('@falcon-iar/k8s-watcher/WatcherError');

/** Options of a {@link WatcherError}. */
export interface WatcherErrorOptions {
  /** Whether the same request may succeed later. Default false. */
  readonly retryable?: boolean;
  /** How long to wait before that, in ms, where the server said so. */
  readonly retryAfter?: number;
  /** What to do about it, for people. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class of this package. `instanceof` also recognises errors of another copy of the package. */
export class WatcherError extends Error {
  override readonly name = 'WatcherError';
  readonly code: WatcherErrorCode;
  readonly retryable: boolean;
  /** ms. */
  readonly retryAfter: number | undefined;
  readonly hint: string | undefined;

  /** @param message - `METHOD host/path: what happened`, without credentials or query strings. */
  constructor(code: WatcherErrorCode, message: string, options: WatcherErrorOptions = {}) {
    super(`[${code}] ${message}`, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfter = options.retryAfter;
    this.hint = options.hint;
    Object.defineProperty(this, brand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
