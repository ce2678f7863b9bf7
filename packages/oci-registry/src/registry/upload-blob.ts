import { RegistryError } from '../error.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import type { RequestBody } from '../transport/http.ts';
import type { UploadCursor } from './upload-cursor.ts';
import type { UploadSession } from './upload-session.ts';

/** How one blob is uploaded. */
export interface BlobUploadOptions {
  /** Largest piece, in bytes; infinite where the registry takes a blob in one request only. */
  readonly chunkBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** Failures in a row without one more byte having arrived, after which an upload is given up. */
const maxStalls = 3;
/** Failures in all, so that no registry that takes a byte at a time keeps an upload for ever. */
const maxFailures = 100;

/** Failures that an upload can go on after, from what the registry says that it has. */
function canGoOn(error: unknown): error is RegistryError {
  if (!(error instanceof RegistryError)) return false;
  // The piece was not the next one (distribution-spec "Pushing a blob in chunks"), because part of it had arrived.
  return error.status === 416 || error.retryable;
}

/** An upload that the registry no longer knows, or has in another state than it says. */
function lostUpload(blob: ContentDescriptor, cause: unknown): RegistryError {
  return new RegistryError('BLOB_UPLOAD_UNKNOWN', `blob ${blob.digest}: the upload cannot be gone on with`, { cause });
}

/**
 * One upload of a blob. After a failure the registry is asked what it has, and the upload goes on from there: the blob is
 * opened anew and skipped forward.
 */
export class BlobUpload {
  readonly #session: UploadSession;
  readonly #blob: ContentDescriptor;
  readonly #cursor: UploadCursor;
  readonly #options: BlobUploadOptions;
  /** Most bytes that the registry ever said to have. */
  #best = 0;
  #stalls = 0;
  #failures = 0;

  constructor(session: UploadSession, blob: ContentDescriptor, cursor: UploadCursor, options: BlobUploadOptions) {
    this.#session = session;
    this.#blob = blob;
    this.#cursor = cursor;
    this.#options = options;
  }

  /**
   * Sends the blob, and has the registry check its digest.
   *
   * @throws RegistryError `BLOB_UPLOAD_UNKNOWN` where the upload is lost and another one may do, what else keeps the
   * registry from taking it, and what reading the blob causes
   */
  async run(): Promise<void> {
    const { size, digest } = this.#blob;
    const least = Math.max(this.#session.minChunkBytes, 1);
    let arrived = 0;
    let isWhole = size <= this.#options.chunkBytes;
    for (;;) {
      const rest = size - arrived;
      try {
        // What is too little for a piece goes with the request that ends the upload, as does all of a small blob.
        if (isWhole || rest < least) return await this.#session.finish(digest, this.#piece(arrived, size), arrived);
        arrived = this.#progress(await this.#session.append(arrived, this.#nextPiece(arrived, least)));
      } catch (error) {
        this.#options.signal?.throwIfAborted();
        if (!canGoOn(error)) throw error;
        arrived = this.#progress(await this.#received(error), error);
        isWhole = false;
      }
    }
  }

  /** What the registry has after a failure. */
  async #received(failure: RegistryError): Promise<number> {
    this.#failures += 1;
    if (this.#failures > maxFailures || this.#options.chunkBytes === Number.POSITIVE_INFINITY) {
      throw lostUpload(this.#blob, failure);
    }
    try {
      return await this.#session.received();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      // CNCF Distribution 2 forgets an upload whose last piece was cut short.
      if (error instanceof RegistryError && !error.retryable) throw lostUpload(this.#blob, error);
      throw error;
    }
  }

  /** Looks whether there is progress, so that the upload comes to an end one way or the other. */
  #progress(arrived: number, failure?: RegistryError): number {
    const { digest, size } = this.#blob;
    if (arrived > size) {
      throw lostUpload(this.#blob, new Error(`the registry says it has ${arrived} of ${size} bytes`));
    }
    this.#stalls = arrived > this.#best ? 0 : this.#stalls + 1;
    this.#best = Math.max(this.#best, arrived);
    if (this.#stalls < maxStalls) return arrived;
    if (failure !== undefined && failure.status !== 416) throw failure;
    const message = `blob ${digest}: the registry takes pieces, but does not keep them`;
    throw new RegistryError('BLOB_UPLOAD_INVALID', message, { cause: failure });
  }

  #nextPiece(start: number, least: number): RequestBody {
    const { size } = this.#blob;
    const end = start + Math.max(this.#options.chunkBytes, least);
    return this.#piece(start, size - end < least ? size : end);
  }

  #piece(start: number, end: number): RequestBody {
    let isAgain = false;
    const open = async function* (this: BlobUpload, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
      if (isAgain) await this.#checkUntouched(start);
      isAgain = true;
      yield* this.#cursor.read(start, end, signal);
    };
    return { length: end - start, open: (signal) => open.call(this, signal) };
  }

  /** Before a piece is sent again, because it was refused or cut: nothing of it must have arrived. */
  async #checkUntouched(start: number): Promise<void> {
    let arrived: number;
    try {
      arrived = await this.#session.received();
    } catch (error) {
      if (error instanceof RegistryError && !error.retryable) throw lostUpload(this.#blob, error);
      throw error;
    }
    if (arrived === start) return;
    const message = `blob ${this.#blob.digest}: ${arrived} bytes have arrived, not ${start}`;
    throw new RegistryError('BLOB_UPLOAD_INVALID', message, { status: 416 });
  }
}
