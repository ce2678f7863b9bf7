import type { RegistryErrorCode } from './error-codes.ts';
import { errorHints } from './error-hints.ts';

/** What a {@link RegistryError} may carry beside its code and message. */
export interface RegistryErrorOptions {
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** Whether the same call may succeed later without anything being changed. */
  readonly retryable?: boolean | undefined;
  /** How long the registry asks to be left alone, in milliseconds. */
  readonly retryAfter?: number | undefined;
  /** What a person can do about it, one sentence. */
  readonly hint?: string | undefined;
  /** The underlying error. */
  readonly cause?: unknown;
}

const brand = Symbol.for('@falcon-iar/oci-registry/RegistryError');

/**
 * The one error class of this package. Match on `code`. Messages read `[CODE] what, where: what happened` and never
 * hold a credential, a query string or a signed URL.
 *
 * `instanceof` also holds for an error of another installed copy of this package.
 */
export class RegistryError extends Error {
  override readonly name: string = 'RegistryError';
  /** What went wrong, from a closed list. */
  readonly code: RegistryErrorCode;
  /** HTTP status of the answer, where there was one. */
  declare readonly status?: number;
  /** Whether the same call may succeed later without anything being changed. */
  readonly retryable: boolean;
  /** How long the registry asks to be left alone, in milliseconds. */
  declare readonly retryAfter?: number;
  /** What a person can do about it, one sentence. */
  readonly hint: string;

  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(`[${code}] ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    // Not enumerable: it must not show when the error is printed.
    Object.defineProperty(this, brand, { value: true });
    this.code = code;
    this.retryable = options.retryable ?? false;
    if (options.status !== undefined) this.status = options.status;
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter;
    this.hint = options.hint ?? errorHints[code];
  }

  /** Recognises errors of every copy of this package by their brand. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
