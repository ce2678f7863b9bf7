import { SbomError } from '../sbom-error.ts';
import type { BodyBuffer } from './body-buffer.ts';
import { BodyStream } from './body-stream.ts';
import {
  bufferAccess,
  collect,
  type KeptContent,
  type RetainedContent,
  retainContent,
  type Storage,
} from './retained-content.ts';

/** A reader's three ways to one body. */
export interface BodyReader {
  stream(): AsyncIterable<Uint8Array>;
  bytes(max: number): Promise<Uint8Array>;
  random(): Promise<KeptContent>;
  /** Says that this reader wants nothing more: it may have asked for nothing, or left its stream half read. */
  finish(): void;
}

/**
 * One pass over one body for several readers. The pass starts when every reader has either asked for the body or
 * finished without; it goes at the pace of the slowest and ends early when nobody wants more.
 */
export class SharedBody {
  readonly #file: { readonly path: string; readonly size: number };
  readonly #storage: Storage;
  readonly #signal: AbortSignal;
  readonly #decided = Promise.withResolvers<void>();
  readonly #streams = new Set<BodyStream>();
  #undecided = 0;
  #whole: Promise<Uint8Array> | undefined;
  #memory: Promise<KeptContent> | undefined;
  #random: Promise<RetainedContent> | undefined;
  #releaseWhole: (() => void) | undefined;
  #passed = false;

  readonly #buffer: BodyBuffer | undefined;

  /** @param buffer - Where the whole body may lie until {@link release}; not where a reader gives it away. */
  constructor(
    file: { readonly path: string; readonly size: number },
    storage: Storage,
    signal: AbortSignal,
    buffer?: BodyBuffer,
  ) {
    this.#file = file;
    this.#buffer = buffer;
    this.#storage = storage;
    this.#signal = signal;
  }

  /** Adds a reader; all readers are added before {@link pass}. */
  reader(): BodyReader {
    this.#undecided += 1;
    let decided = false;
    const decide = () => {
      if (decided) return;
      decided = true;
      this.#undecided -= 1;
      if (this.#undecided === 0) this.#decided.resolve();
    };
    const asked = new Set<keyof BodyReader>();
    const ask = <T>(way: keyof BodyReader, serve: () => T): T => {
      if (asked.has(way)) throw new SbomError('CONTENT_GONE', `${this.#file.path}: its body was asked for in this way`);
      asked.add(way);
      try {
        return serve();
      } finally {
        decide();
      }
    };
    let stream: BodyStream | undefined;
    return {
      stream: () =>
        ask('stream', () => {
          stream = this.#openStream();
          return stream;
        }),
      bytes: async (max) => ask('bytes', () => this.#bytes(max)),
      random: async () => ask('random', () => this.#randomAccess()),
      finish: () => {
        decide();
        stream?.leave();
      },
    };
  }

  /** Runs the pass over `content`. Resolves when every reader has what it asked for or has left. */
  async pass(content: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#decided.promise;
    this.#passed = true;
    try {
      if (this.#streams.size > 0) await this.#pump(content);
    } catch (error) {
      for (const stream of this.#streams) stream.fail(error);
      throw error;
    }
  }

  /** Gives kept bytes back once no reader can look at them any more. */
  async release(): Promise<void> {
    this.#releaseWhole?.();
    await this.#random?.then(
      (content) => content.release(),
      () => undefined, // The reader that asked for it has the error.
    );
  }

  async #pump(content: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of content) {
      this.#signal.throwIfAborted();
      const [only] = this.#streams;
      if (this.#streams.size === 1 && only !== undefined) await only.push(chunk);
      else await Promise.all(Array.from(this.#streams, (stream) => stream.push(chunk)));
      for (const stream of this.#streams) if (stream.left) this.#streams.delete(stream);
      if (this.#streams.size === 0) return;
    }
    for (const stream of this.#streams) stream.end();
  }

  #openStream(): BodyStream {
    if (this.#passed) throw new SbomError('CONTENT_GONE', `${this.#file.path}: its body has passed`);
    const stream = new BodyStream();
    this.#streams.add(stream);
    return stream;
  }

  #bytes(max: number): Promise<Uint8Array> {
    const { path, size } = this.#file;
    if (size > max) {
      return Promise.reject(new SbomError('FILE_TOO_LARGE', `${path}: ${size} bytes, the limit is ${max}`));
    }
    if (size > this.#storage.budget.total) {
      return Promise.reject(
        new SbomError(
          'FILE_TOO_LARGE',
          `${path}: ${size} bytes exceed the byte budget of ${this.#storage.budget.total}`,
        ),
      );
    }
    this.#whole ??= handled(this.#collectWhole(this.#openStream()));
    return this.#whole;
  }

  async #collectWhole(stream: BodyStream): Promise<Uint8Array> {
    try {
      const release = await this.#acquire();
      const room = this.#buffer?.take(this.#file.size);
      this.#releaseWhole = () => {
        if (room !== undefined) this.#buffer?.giveBack(room);
        release();
      };
      return await collect(stream, this.#file.size, this.#file.path, room);
    } finally {
      stream.leave();
    }
  }

  async #acquire(): Promise<() => void> {
    const { budget, beforeWaiting } = this.#storage;
    const free = budget.tryAcquire(this.#file.size);
    if (free !== undefined) return free;
    await beforeWaiting?.();
    return budget.acquire(this.#file.size, { signal: this.#signal });
  }

  async #randomAccess(): Promise<KeptContent> {
    if (this.#file.size <= this.#storage.budget.total) {
      // One for all, so that what a reader keeps by it (the tables of an executable) is made once.
      this.#memory ??= handled(this.#bytes(this.#file.size).then(bufferAccess));
      return this.#memory;
    }
    this.#random ??= handled(this.#retain(this.#openStream()));
    return this.#random;
  }

  async #retain(stream: BodyStream): Promise<RetainedContent> {
    try {
      return await retainContent(stream, this.#file, this.#storage, this.#signal);
    } finally {
      stream.leave();
    }
  }
}

/** A reader that asked and then failed for another reason never looks at the promise; its rejection must not end the process. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
