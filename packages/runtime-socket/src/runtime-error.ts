/**
 * What went wrong between this package and a container runtime.
 *
 * - `ENDPOINT_INVALID`: the text does not name the socket of a runtime.
 * - `NOT_FOUND`: no socket there.
 * - `PERMISSION`: the socket is there, but this process may not open it.
 * - `UNAVAILABLE`: nobody answers at the socket, the answer breaks off, or the runtime failed or is shutting down.
 * - `UNSUPPORTED`: the runtime speaks another API version, keeps its images in a way that is not readable, or is
 *   another runtime than asked for.
 * - `IMAGE_UNKNOWN`: the runtime does not have the image.
 * - `PLATFORM_MISMATCH`: the runtime has the image, but not for the platform asked for.
 * - `CONTENT_DISCARDED`: the runtime has the image but threw its layers away after unpacking.
 * - `DIGEST_INVALID`: content has another digest than promised.
 * - `TOO_LARGE`: something is larger than its limit.
 * - `INVALID_RESPONSE`: the answer is not what the runtime's API promises.
 * - `CLOSED`: it was used after it was closed, or a layer of an export after the export went on.
 */
export type RuntimeErrorCode =
  | 'ENDPOINT_INVALID'
  | 'NOT_FOUND'
  | 'PERMISSION'
  | 'UNAVAILABLE'
  | 'UNSUPPORTED'
  | 'IMAGE_UNKNOWN'
  | 'PLATFORM_MISMATCH'
  | 'CONTENT_DISCARDED'
  | 'DIGEST_INVALID'
  | 'TOO_LARGE'
  | 'INVALID_RESPONSE'
  | 'CLOSED';

/** What a person can do about each code, where the place that throws it knows nothing better. */
const hints: Readonly<Record<RuntimeErrorCode, string>> = {
  ENDPOINT_INVALID: 'write docker:, podman:, containerd: or crio:, followed by the path of the socket',
  NOT_FOUND: 'check that the runtime runs, and where its socket is',
  PERMISSION: 'run as root, or as a member of the group that may use the socket',
  UNAVAILABLE: 'check that the runtime runs; try again when it is up',
  UNSUPPORTED: 'read the image from its registry instead',
  IMAGE_UNKNOWN: 'check the name and tag; the runtime lists what it has',
  PLATFORM_MISMATCH: 'choose the platform that the runtime has, or pull the one that is wanted',
  CONTENT_DISCARDED: 'read the image from its registry instead',
  DIGEST_INVALID: 'the stored content is damaged; remove the image and pull it again',
  TOO_LARGE: 'check that the socket is that of a container runtime',
  INVALID_RESPONSE: 'check that the socket is that of a container runtime',
  CLOSED: 'do not close a runtime while it is in use',
};

const brand: unique symbol = Symbol.for('@falcon-iar/runtime-socket/RuntimeError');

/** Options of a {@link RuntimeError}. */
export interface RuntimeErrorOptions {
  /** Whether the same request may succeed later. Default false. */
  readonly retryable?: boolean | undefined;
  /** What to do about it, for people. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package. `instanceof` also recognises errors of another copy of the package. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What to do about it, for people. */
  readonly hint: string;

  /**
   * Makes the error; its code is put before the message.
   *
   * @param message - `METHOD socket/path: what happened`.
   */
  constructor(code: RuntimeErrorCode, message: string, options: RuntimeErrorOptions = {}) {
    super(`[${code}] ${message}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.hint = options.hint ?? hints[code];
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises errors of every copy of this package by their brand. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
