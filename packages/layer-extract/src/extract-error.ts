/**
 * What went wrong with a layer.
 *
 * - `MEDIA_TYPE_UNKNOWN`: the media type names no filesystem layer; nothing was read.
 * - `COMPRESSION_UNSUPPORTED`: the bytes are compressed or encrypted in a way this package does not read.
 * - `GZIP_INVALID`, `ZSTD_INVALID`, `TAR_INVALID`: the bytes are not what they begin as.
 * - `TRUNCATED`: the blob ended in the middle of a gzip member, a zstd frame, a tar header or a file.
 * - `LIMIT_EXCEEDED`: the layer asks for more than an `ExtractLimits` value allows.
 * - `CONTENT_GONE`: a file's content was asked for after the walk had moved on, or a second time.
 * - `INDEX_INCOMPLETE`: a layer index was asked for before all events had passed.
 * - `INDEX_INVALID`: bytes given to `decodeLayerIndex` are no layer index of a known version.
 * - `TOC_INVALID`: a table of contents breaks its form, points outside the layer, or is not the one vouched for.
 * - `STORAGE_INVALID`: a containers/storage folder lacks files of a layer, or has others than it was unpacked from.
 * - `CHUNK_INVALID`: what lies where a table of contents points is not what the table describes.
 */
export type ExtractErrorCode =
  | 'MEDIA_TYPE_UNKNOWN'
  | 'COMPRESSION_UNSUPPORTED'
  | 'GZIP_INVALID'
  | 'ZSTD_INVALID'
  | 'TAR_INVALID'
  | 'TRUNCATED'
  | 'LIMIT_EXCEEDED'
  | 'CONTENT_GONE'
  | 'INDEX_INCOMPLETE'
  | 'INDEX_INVALID'
  | 'TOC_INVALID'
  | 'CHUNK_INVALID'
  | 'STORAGE_INVALID';

/** What an {@link ExtractError} may carry beside its code and message. */
export interface ExtractErrorOptions {
  /** The error of the decoder or tar parser underneath. */
  readonly cause?: unknown;
  /** Byte offset, see {@link ExtractError.offset}. */
  readonly offset?: number;
  /** What the reader of the message can do. */
  readonly hint?: string;
}

/** What a person can do about each code, where the place that throws it knows nothing better. */
const hints: Readonly<Record<ExtractErrorCode, string>> = {
  MEDIA_TYPE_UNKNOWN: 'name a container image; this layer belongs to another kind of artifact',
  COMPRESSION_UNSUPPORTED: 'push the image again with gzip, zstd or plain layers',
  GZIP_INVALID: 'the layer was made that way: build and push the image again',
  ZSTD_INVALID: 'the layer was made that way: build and push the image again',
  TAR_INVALID: 'the layer was made that way: build and push the image again',
  TRUNCATED: 'the layer was made that way: build and push the image again',
  LIMIT_EXCEEDED: 'if the layer is to be trusted, give walkLayer a higher limit',
  CONTENT_GONE: 'read a file before asking for the next event',
  INDEX_INCOMPLETE: 'read the events to their end first',
  INDEX_INVALID: 'throw the cached index away and read the layer again',
  TOC_INVALID: 'read the whole layer with walkLayer: there its own digest decides',
  STORAGE_INVALID: 'remove the image from the runtime and pull it again',
  CHUNK_INVALID: 'read the whole layer with walkLayer: there its own digest decides',
};

const brand: symbol = Symbol.for('@falcon-iar/layer-extract/ExtractError');

/** The one error class of this package. `instanceof` also recognises errors of another copy of the package. */
export class ExtractError extends Error {
  override readonly name = 'ExtractError';
  readonly code: ExtractErrorCode;
  /** Always false: the same bytes give the same error again. An error of the source keeps its own class. */
  readonly retryable: boolean = false;
  /**
   * Where, in bytes: in the blob as stored for `GZIP_INVALID`, `ZSTD_INVALID` and `COMPRESSION_UNSUPPORTED`, in the
   * decompressed archive for `TAR_INVALID`. For `TRUNCATED` and `LIMIT_EXCEEDED` the message says which of the two.
   */
  readonly offset: number | undefined;
  /** What a person can do about it, one sentence. */
  readonly hint: string;

  /**
   * Makes the error; its code is put before the message.
   *
   * @param message what and where: what happened; nothing secret
   */
  constructor(code: ExtractErrorCode, message: string, options: ExtractErrorOptions = {}) {
    super(`[${code}] ${message}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.offset = options.offset;
    this.hint = options.hint ?? hints[code];
    // Not enumerable: it must not show when the error is printed.
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises errors of every copy of this package by their brand. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
