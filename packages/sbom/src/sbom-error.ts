/**
 * What went wrong while an inventory was made.
 *
 * - `FILE_TOO_LARGE`: a file needs more bytes than its cataloger or the byte budget allows.
 * - `FILE_TRUNCATED`: a file ended before its declared size.
 * - `CONTENT_GONE`: a cataloger asked for a body after it had passed.
 * - `MALFORMED`: a file is not what its name says.
 * - `FACTS_MISMATCH`: layer facts were made by other catalogers or another format version than those asked for.
 * - `ISOLATION_FAILED`: workers cannot do their part: their module or its catalogers are missing, or they were closed.
 * - `UNKNOWN_CATALOGER`: a choice of catalogers names one that is not there.
 */
export type SbomErrorCode =
  | 'FILE_TOO_LARGE'
  | 'FILE_TRUNCATED'
  | 'CONTENT_GONE'
  | 'MALFORMED'
  | 'FACTS_MISMATCH'
  | 'ISOLATION_FAILED'
  | 'UNKNOWN_CATALOGER';

const brand: unique symbol = Symbol.for('@falcon-iar/sbom/SbomError');

/** The one error class of this package. `instanceof` also recognises errors of another copy of the package. */
export class SbomError extends Error {
  override readonly name = 'SbomError';
  readonly code: SbomErrorCode;
  /** Always false: what a file says does not change when it is read again. */
  readonly retryable: boolean = false;

  /**
   * Makes the error; its code is put before the message.
   *
   * @param message what and where: what happened; nothing secret
   */
  constructor(code: SbomErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(`[${code}] ${message}`, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises errors of every copy of this package by their brand. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
