import { BlobSource } from '../blob/blob-source.ts';
import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import type { SeekableBlob } from './seekable-blob.ts';

/** Stored bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** How a {@link RangeReader} reads. */
export interface RangeOptions {
  readonly limits: Pick<ExtractLimits, 'idleMs'>;
  readonly signal: AbortSignal | undefined;
}

/** Bytes between two ranges that are rather read and thrown away than saved by another request. */
const joinGap = 64 * 1024;

/**
 * Reads ranges of a blob in the order of a plan, neighbours with one request. Nothing is requested before it is read,
 * and ranges outside the plan get requests of their own.
 */
export class RangeReader {
  readonly #blob: SeekableBlob;
  readonly #options: RangeOptions;
  /** Where the joined request ends that a range begins or lies in. */
  readonly #joinedEnd: Map<number, number> = new Map();
  #request: Request | undefined;

  constructor(blob: SeekableBlob, options: RangeOptions, plan: Iterable<ByteRange> = []) {
    this.#blob = blob;
    this.#options = options;
    this.#join(plan);
  }

  /** The bytes of one range. @throws ExtractError `TRUNCATED` where the blob has fewer; the blob's errors unchanged. */
  async *read({ start, end }: ByteRange): AsyncGenerator<Uint8Array, void, void> {
    const request = await this.#seek(start, end);
    for (let missing = end - start; missing > 0; ) {
      const chunk = await request.take(missing);
      missing -= chunk.byteLength;
      yield chunk;
    }
    if (request.position === request.end) await this.#finish(request);
  }

  /** Makes pending reads fail, so that whoever waits for them can be stopped before {@link close}. */
  interrupt(): void {
    this.#request?.interrupt();
  }

  async close(): Promise<void> {
    const request = this.#request;
    this.#request = undefined;
    await request?.close();
  }

  #join(plan: Iterable<ByteRange>): void {
    let group: number[] = [];
    let groupEnd = 0;
    const finish = (): void => {
      for (const start of group) this.#joinedEnd.set(start, groupEnd);
    };
    for (const { start, end } of plan) {
      if (group.length > 0 && (start < groupEnd || start - groupEnd > joinGap)) {
        if (start === group.at(-1) && end === groupEnd) continue; // files that share a member
        finish();
        group = [];
      }
      group.push(start);
      groupEnd = end;
    }
    finish();
  }

  async #seek(start: number, end: number): Promise<Request> {
    this.#options.signal?.throwIfAborted();
    const open = this.#request;
    if (open !== undefined) {
      const gap = start - open.position;
      if (gap >= 0 && gap <= joinGap && end <= open.end) {
        for (let missing = gap; missing > 0; ) missing -= (await open.take(missing)).byteLength;
        return open;
      }
      await this.close();
    }
    const last = Math.max(end, this.#joinedEnd.get(start) ?? end);
    const request = new Request(this.#blob, start, last, this.#options);
    this.#request = request;
    return request;
  }

  /** Lets a request that has given all it was asked for come to its own end. */
  async #finish(request: Request): Promise<void> {
    await request.expectEnd();
    if (this.#request === request) await this.close();
  }
}

class Request {
  position: number;
  readonly end: number;
  readonly #source: BlobSource;
  readonly #leaving = new AbortController();

  constructor(blob: SeekableBlob, start: number, end: number, { signal, limits }: RangeOptions) {
    const { signal: leaving } = this.#leaving;
    this.position = start;
    this.end = end;
    const given = signal === undefined ? leaving : AbortSignal.any([signal, leaving]);
    this.#source = new BlobSource(blob.readRange(start, end, { signal: given }), signal, limits.idleMs, start);
  }

  async take(most: number): Promise<Uint8Array> {
    const chunk = await this.#source.pull();
    if (chunk === undefined) {
      const { position: offset } = this;
      throw new ExtractError('TRUNCATED', `layer, blob offset ${offset}: the blob ends before byte ${this.end}`, {
        offset,
      });
    }
    this.#source.unshift(chunk.subarray(most));
    const taken = chunk.subarray(0, most);
    this.position += taken.byteLength;
    return taken;
  }

  async expectEnd(): Promise<void> {
    const more = await this.#source.pull();
    if (more !== undefined) this.#source.unshift(more); // it gave more than it was asked for, and is closed early
  }

  interrupt(): void {
    this.#source.interrupt();
  }

  async close(): Promise<void> {
    if (!this.#source.ended) this.#leaving.abort();
    this.#source.interrupt();
    await this.#source.close();
  }
}
