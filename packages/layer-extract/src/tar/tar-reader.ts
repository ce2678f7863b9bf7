import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { blockSize, paddedSize } from './block.ts';
import { ChunkCursor } from './chunk-cursor.ts';
import { describeEntry, type Extensions, isExtension } from './describe-entry.ts';
import { isZeroBlock, parseHeader, type TarHeader } from './parse-header.ts';
import { parsePax } from './parse-pax.ts';
import type { TarBody, TarEntry } from './tar-entry.ts';

/**
 * Pulls the entries of a tar archive one by one. Headers are parsed where they lie in the chunks and bodies are handed
 * out as views of them; nothing is copied but what crosses the border of two chunks, and nothing runs ahead of the reader.
 *
 * The archive ends at the first block of zeros where a header is due, whatever stands behind.
 *
 * @throws ExtractError `TAR_INVALID`, `TRUNCATED`, `LIMIT_EXCEEDED`; the source's errors unchanged.
 */
export class TarReader {
  /** Archive offset of bytes other than zeros behind the end of the archive, which are ignored; known at the end. */
  trailingData: number | undefined;
  readonly #cursor: ChunkCursor;
  readonly #limits: ExtractLimits;
  #current: Body | undefined;
  #entries = 0;
  #failure: { readonly reason: unknown } | undefined;

  constructor(source: AsyncIterable<Uint8Array>, limits: ExtractLimits) {
    this.#cursor = new ChunkCursor(source);
    this.#limits = limits;
  }

  /** The next entry, what is left of the last one skipped; undefined once the source is read to its end. */
  async next(): Promise<TarEntry | undefined> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    try {
      await this.#leaveCurrent();
      return await this.#readEntry();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Closes the source. */
  async close(): Promise<void> {
    if (this.#current !== undefined) this.#current.gone = true;
    await this.#cursor.close();
  }

  async #leaveCurrent(): Promise<void> {
    const body = this.#current;
    if (body === undefined) return;
    this.#current = undefined;
    body.gone = true;
    const toSkip = body.missing + body.padding;
    if (toSkip === 0) return;
    if (toSkip <= this.#cursor.available) this.#cursor.take(toSkip);
    // The padding of a last entry may be missing, its content may not.
    else if ((await this.#cursor.skip(toSkip)) < body.missing) throw truncated(this.#cursor.offset);
  }

  async #readEntry(): Promise<TarEntry | undefined> {
    const start = this.#cursor.offset;
    const extensions: Extensions = {};
    for (;;) {
      const offset = this.#cursor.offset;
      const block = await this.#takeBlock();
      if (block === undefined) {
        if (offset !== start) throw truncated(offset);
        return this.#finish();
      }
      const header = parseHeader(block);
      if (typeof header === 'string') throw invalid(offset, header);
      if (!isExtension(header.flag)) return this.#open(header, extensions, offset);
      this.#checkHeaderBytes(offset - start + blockSize + paddedSize(header.size), start);
      await this.#readExtension(header, extensions, offset);
    }
  }

  /** A header block; undefined at the end of the archive. */
  async #takeBlock(): Promise<Buffer | undefined> {
    const cursor = this.#cursor;
    const block = cursor.available >= blockSize ? cursor.take(blockSize) : await cursor.takeAcross(blockSize);
    if (isZeroBlock(block) || block.byteLength === 0) return undefined;
    if (block.byteLength < blockSize) throw truncated(cursor.offset);
    return block;
  }

  #checkHeaderBytes(length: number, start: number): void {
    const { headerBytes } = this.#limits;
    if (length > headerBytes) throw exceeded(start, `headers longer than limit headerBytes ${headerBytes}`);
  }

  async #readExtension({ flag, size }: TarHeader, extensions: Extensions, offset: number): Promise<void> {
    const padded = await this.#cursor.takeAcross(paddedSize(size));
    if (padded.byteLength < size) throw truncated(this.#cursor.offset);
    const body = padded.subarray(0, size);
    if (flag === 'L') extensions.longName = untilNul(body);
    else if (flag === 'K') extensions.longLinkName = untilNul(body);
    else if (flag === 'x') {
      const pax = parsePax(body);
      if (pax === undefined) throw invalid(offset, 'an extended header that breaks its form');
      extensions.pax = pax;
    }
    // A global header ('g') speaks of the archive; the runtimes' reader applies nothing of it to entries.
  }

  async #open(header: TarHeader, extensions: Extensions, offset: number): Promise<TarEntry> {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) {
      throw exceeded(offset, `more entries than limit entries ${this.#limits.entries}`);
    }
    for (let goesOn = header.sparseContinues; goesOn; ) {
      this.#checkHeaderBytes(this.#cursor.offset - offset, offset);
      const map = await this.#cursor.takeAcross(blockSize);
      if (map.byteLength < blockSize) throw truncated(this.#cursor.offset);
      goesOn = map[504] !== 0;
    }
    const fields = describeEntry(header, extensions);
    if (typeof fields === 'string') throw invalid(offset, fields);
    const body = new Body(this.#cursor, fields.size, (error) => this.#fail(error));
    this.#current = body;
    return { ...fields, offset, body };
  }

  /** Reads on to the end of the source: there its digest is checked. */
  async #finish(): Promise<undefined> {
    const cursor = this.#cursor;
    while (await cursor.pull()) {
      const { offset } = cursor;
      const bytes = cursor.take(cursor.available);
      if (this.trailingData !== undefined) continue;
      const index = bytes.findIndex((byte) => byte !== 0);
      if (index >= 0) this.trailingData = offset + index;
    }
    return undefined;
  }

  #fail(reason: unknown): unknown {
    this.#failure ??= { reason };
    return this.#failure.reason;
  }
}

class Body implements TarBody {
  gone = false;
  missing: number;
  readonly padding: number;
  readonly #cursor: ChunkCursor;
  readonly #fail: (error: unknown) => unknown;

  constructor(cursor: ChunkCursor, size: number, fail: (error: unknown) => unknown) {
    this.#cursor = cursor;
    this.#fail = fail;
    this.missing = size;
    this.padding = paddedSize(size) - size;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.missing === 0) return undefined;
    try {
      if (this.#cursor.available === 0 && !(await this.#cursor.pull())) throw truncated(this.#cursor.offset);
    } catch (error) {
      throw this.#fail(error);
    }
    const bytes = this.#cursor.take(this.missing);
    this.missing -= bytes.byteLength;
    return bytes;
  }
}

function untilNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('latin1', 0, nul < 0 ? bytes.byteLength : nul);
}

function invalid(offset: number, what: string): ExtractError {
  return new ExtractError('TAR_INVALID', `tar header, offset ${offset}: ${what}`, { offset });
}

function truncated(offset: number): ExtractError {
  const what = 'the archive ends inside a header or a file';
  return new ExtractError('TRUNCATED', `tar data, decompressed offset ${offset}: ${what}`, { offset });
}

function exceeded(offset: number, what: string): ExtractError {
  return new ExtractError('LIMIT_EXCEEDED', `tar, decompressed offset ${offset}: ${what}`, { offset });
}
