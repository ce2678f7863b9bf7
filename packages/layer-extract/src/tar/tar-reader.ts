import { type Extract, extract } from 'tar-stream';
import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { mapHeader, type TarHeader } from './map-header.ts';
import type { TarBody, TarEntry } from './tar-entry.ts';
import { paddedSize, UnparsedBytes } from './unparsed-bytes.ts';

/** Options that tar-stream's types leave out. With a mark of one byte every write is answered by a drain, once used up. */
const parserOptions: object = { filenameEncoding: 'latin1', allowUnknownFormat: true, highWaterMark: 1 };

/** What is read of the stream that tar-stream hands out for a body. */
interface BodyStream {
  read(): Uint8Array | null;
  resume(): unknown;
  on(event: 'readable' | 'error', listener: () => void): unknown;
}

interface Arrival {
  readonly entry: TarEntry;
  readonly body: Body;
}

/**
 * Pulls the entries of a tar archive one by one through tar-stream, which is fed one chunk at a time and only when it
 * has used up the last: nothing runs ahead of the reader.
 *
 * Beside the parser it watches the bytes: the archive ends at the first block of zeros where a header is due, as it does
 * for the runtimes' reader, whatever stands behind; and extended headers without an entry end at a limit.
 *
 * @throws ExtractError `TAR_INVALID`, `TRUNCATED`, `LIMIT_EXCEEDED`; the source's errors unchanged.
 */
export class TarReader {
  /** Archive offset of bytes other than zeros behind the end of the archive, which are ignored; known at the end. */
  trailingData: number | undefined;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #limits: ExtractLimits;
  readonly #bytes = new UnparsedBytes();
  readonly #parser: Extract = extract(parserOptions);
  #hungry = true;
  #arrival: Arrival | undefined;
  #current: Body | undefined;
  #release: (() => void) | undefined;
  #failure: { readonly reason: unknown } | undefined;
  #entries = 0;
  #ended = false;
  /** End of the last entry's body, padding not included. */
  #bodyEnd = 0;
  #waiting: (() => void)[] = [];

  constructor(source: AsyncIterable<Uint8Array>, limits: ExtractLimits) {
    this.#source = source[Symbol.asyncIterator]();
    this.#limits = limits;
    this.#parser.on('entry', (header, stream, next) =>
      this.#onEntry(header as unknown as TarHeader, stream as BodyStream, next),
    );
    this.#parser.on('drain', () => this.#signal(() => (this.#hungry = true)));
    this.#parser.on('finish', () => this.#signal(() => (this.#ended = true)));
    this.#parser.on('error', (error: Error) => this.#signal(() => this.#onParserError(error)));
  }

  /** The next entry, what is left of the last one skipped; undefined once the source is read to its end. */
  async next(): Promise<TarEntry | undefined> {
    this.#leaveCurrent();
    for (;;) {
      this.#throwFailure();
      if (this.#arrival !== undefined) return this.#takeArrival(this.#arrival);
      if (this.#ended) return await this.#finish();
      await this.#progress();
    }
  }

  /** Frees the parser and closes the source. */
  async close(): Promise<void> {
    this.#current?.leave();
    this.#ended = true;
    this.#parser.destroy();
    await this.#source.return?.();
  }

  #takeArrival({ entry, body }: Arrival): TarEntry {
    this.#arrival = undefined;
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) {
      throw this.#fail(exceeded(entry.offset, `more entries than limit entries ${this.#limits.entries}`));
    }
    this.#current = body;
    return entry;
  }

  #leaveCurrent(): void {
    this.#current?.leave();
    this.#current = undefined;
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }

  /** Feeds the parser if it wants more, else waits until it says something. */
  async #progress(): Promise<void> {
    if (this.#hungry) await this.#feed();
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #feed(): Promise<void> {
    if (this.#bytes.isEndMarker) {
      this.#ended = true;
      return;
    }
    if (this.#bytes.length > this.#limits.headerBytes) {
      throw this.#fail(
        exceeded(this.#bytes.start, `headers longer than limit headerBytes ${this.#limits.headerBytes}`),
      );
    }
    this.#hungry = false;
    const result = await this.#pull();
    if (result === undefined) this.#parser.end(undefined);
    else this.#parser.write(result);
  }

  async #pull(): Promise<Uint8Array | undefined> {
    try {
      const result = await this.#source.next();
      if (result.done === true) return undefined;
      this.#bytes.append(result.value);
      return result.value;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Reads on to the end of the source: there its digest is checked. */
  async #finish(): Promise<undefined> {
    this.#parser.destroy();
    if (this.#bytes.length > 0 && !this.#bytes.isEndMarker) throw this.#fail(truncated(this.#bytes.end));
    for (;;) {
      this.trailingData ??= this.#bytes.firstNonZero();
      this.#bytes.startAt(this.#bytes.end);
      if ((await this.#pull()) === undefined) return undefined;
    }
  }

  #onEntry(header: TarHeader, stream: BodyStream, next: (error: null) => void): void {
    if (this.#bytes.isEndMarker) {
      this.#signal(() => (this.#ended = true));
      return;
    }
    const fields = mapHeader(header, this.#bytes.byteAt(header.byteOffset - 512 + 156));
    const { type, size, offset } = fields;
    if ((type === 'symlink' || type === 'hardlink' || type === 'special') && size > 0) {
      // Readers differ on whether such a body is there, so one could hide entries from the other.
      const reason = tarError(offset, `a ${type} entry declares a body of ${size} bytes`);
      this.#signal(() => this.#fail(reason));
      return;
    }
    const bodySize = type === 'directory' ? 0 : size;
    this.#bytes.startAt(header.byteOffset + paddedSize(bodySize));
    this.#bodyEnd = header.byteOffset + bodySize;
    const body = new Body(bodySize, stream, this.#wake, () => this.#progressOrThrow());
    this.#release = () => next(null);
    this.#signal(() => (this.#arrival = { entry: { ...fields, size: bodySize, body }, body }));
  }

  async #progressOrThrow(): Promise<void> {
    this.#throwFailure();
    await this.#progress();
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  #onParserError(error: Error): void {
    if (this.#bytes.isEndMarker) {
      this.#ended = true;
      return;
    }
    const { start, end } = this.#bytes;
    if (error.message === 'Unexpected end of data') {
      // Only the padding of the last file is missing: other readers do not mind.
      if (end >= this.#bodyEnd && end < start) this.#ended = true;
      else this.#fail(truncated(end, error));
    } else if (error.message === 'Header exceeds max size') {
      this.#fail(exceeded(start, 'an extended header is longer than the tar parser takes'));
    } else {
      this.#fail(tarError(start, 'no valid header', error));
    }
  }

  #fail(reason: unknown): unknown {
    const failure = this.#failure ?? { reason };
    this.#failure = failure;
    return failure.reason;
  }

  /** Notes what the parser said and wakes who waits for it. */
  #signal(change: () => void): void {
    change();
    this.#wake();
  }

  readonly #wake = (): void => {
    for (const wake of this.#waiting.splice(0)) wake();
  };
}

class Body implements TarBody {
  gone = false;
  #missing: number;
  #started = false;
  readonly #stream: BodyStream;
  readonly #onProgress: () => void;
  readonly #progress: () => Promise<void>;

  constructor(size: number, stream: BodyStream, onProgress: () => void, progress: () => Promise<void>) {
    this.#missing = size;
    this.#stream = stream;
    this.#onProgress = onProgress;
    this.#progress = progress;
    // The stream fails together with the parser, which reports it.
    if (size > 0) stream.on('error', onProgress);
  }

  async read(): Promise<Uint8Array | undefined> {
    if (!this.#started) this.#stream.on('readable', this.#onProgress);
    this.#started = true;
    while (this.#missing > 0 && !this.gone) {
      const bytes = this.#stream.read();
      if (bytes !== null) {
        this.#missing -= bytes.byteLength;
        return bytes;
      }
      await this.#progress();
    }
    return undefined;
  }

  leave(): void {
    this.gone = true;
    if (this.#missing > 0) this.#stream.resume();
  }
}

function tarError(offset: number, what: string, cause?: unknown): ExtractError {
  return new ExtractError('TAR_INVALID', `tar header, offset ${offset}: ${what}`, { offset, cause });
}

function truncated(offset: number, cause?: unknown): ExtractError {
  const what = 'the archive ends inside a header or a file';
  return new ExtractError('TRUNCATED', `tar data, decompressed offset ${offset}: ${what}`, { offset, cause });
}

function exceeded(offset: number, what: string): ExtractError {
  return new ExtractError('LIMIT_EXCEEDED', `tar, decompressed offset ${offset}: ${what}`, { offset });
}
