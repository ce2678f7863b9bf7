/**
 * What went wrong between this package and a container runtime.
 *
 * - `NOT_FOUND`: no socket there.
 * - `PERMISSION`: the socket is there, but this process may not open it.
 * - `UNAVAILABLE`: nobody answers at the socket, or the runtime is shutting down.
 * - `UNSUPPORTED`: the runtime speaks another API version, or is another runtime than asked for.
 * - `IMAGE_UNKNOWN`: the runtime does not have the image.
 * - `CONTENT_DISCARDED`: the runtime has the image but threw its layers away after unpacking.
 * - `INVALID_RESPONSE`: the answer is not what the runtime's API promises.
 */
export type RuntimeErrorCode =
  | 'NOT_FOUND'
  | 'PERMISSION'
  | 'UNAVAILABLE'
  | 'UNSUPPORTED'
  | 'IMAGE_UNKNOWN'
  | 'CONTENT_DISCARDED'
  | 'INVALID_RESPONSE';

const brand: unique symbol = Symbol.for('@falcon-iar/runtime-socket/RuntimeError');

/** Options of a {@link RuntimeError}. */
export interface RuntimeErrorOptions {
  /** Whether the same request may succeed later. Default false. */
  readonly retryable?: boolean;
  /** What to do about it, for people. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class of this package. `instanceof` also recognises errors of another copy of the package. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;
  readonly retryable: boolean;
  readonly hint: string | undefined;

  /** @param message - `METHOD socket/path: what happened`. */
  constructor(code: RuntimeErrorCode, message: string, options: RuntimeErrorOptions = {}) {
    super(`[${code}] ${message}`, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.hint = options.hint;
    Object.defineProperty(this, brand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
