import { errorHints } from './error-hints.ts';

/**
 * Codes a registry itself may answer with: distribution-spec "Error Codes", and the few more that registries in use
 * really send.
 */
export type DistributionErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'MANIFEST_UNVERIFIED'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNAVAILABLE'
  | 'UNKNOWN'
  | 'UNSUPPORTED';

/**
 * Every way in which this package fails.
 *
 * Beside the registry's own codes:
 * - `ADDRESS_FORBIDDEN`: a token realm or a redirect points at a link-local or cloud metadata address.
 * - `ARCHIVE_INVALID`: a docker-archive file is damaged or not one.
 * - `CHALLENGE_INVALID`: the registry asks for authentication in a way that cannot be followed safely.
 * - `CLOSED`: the client or source was closed.
 * - `CONFIG_TOO_LARGE`, `MANIFEST_TOO_LARGE`, `RESPONSE_TOO_LARGE`: a document exceeds its limit.
 * - `CREDENTIALS_INVALID`: a credentials file cannot be read or understood.
 * - `LAYER_UNAVAILABLE`: a foreign layer that the registry does not hold.
 * - `LAYOUT_INVALID`: a directory is not an OCI image layout, or a damaged one.
 * - `MANIFEST_UNSUPPORTED`: schema 1, or a media type that is no manifest we know.
 * - `NETWORK`, `TIMEOUT`, `TLS`: no usable connection.
 * - `NOT_AN_IMAGE`: a well-formed artifact (chart, signature, …) that is not a container image.
 * - `PLATFORM_NOT_FOUND`: the image exists, but not for the wanted platform.
 * - `REDIRECT_INVALID`: too many redirects, or one that must not be followed.
 * - `REFERENCE_AMBIGUOUS`, `REFERENCE_INVALID`: what to read is not said clearly.
 * - `RESPONSE_INVALID`: the answer breaks HTTP or the distribution-spec.
 */
export type RegistryErrorCode =
  | DistributionErrorCode
  | 'ADDRESS_FORBIDDEN'
  | 'ARCHIVE_INVALID'
  | 'CHALLENGE_INVALID'
  | 'CLOSED'
  | 'CONFIG_TOO_LARGE'
  | 'CREDENTIALS_INVALID'
  | 'LAYER_UNAVAILABLE'
  | 'LAYOUT_INVALID'
  | 'MANIFEST_TOO_LARGE'
  | 'MANIFEST_UNSUPPORTED'
  | 'NETWORK'
  | 'NOT_AN_IMAGE'
  | 'PLATFORM_NOT_FOUND'
  | 'REDIRECT_INVALID'
  | 'REFERENCE_AMBIGUOUS'
  | 'REFERENCE_INVALID'
  | 'RESPONSE_INVALID'
  | 'RESPONSE_TOO_LARGE'
  | 'TIMEOUT'
  | 'TLS';

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
