import { firstNonZero } from '../decompress/first-non-zero.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { ArchiveBody } from './archive-body.ts';
import { blockSize, paddedSize } from './block.ts';
import { ChunkCursor } from './chunk-cursor.ts';
import { describeEntry, type Extensions, isExtension } from './describe-entry.ts';
import { HeaderBlock } from './header-block.ts';
import { flagAt, parseHeader, type TarHeader } from './parse-header.ts';
import { parsePax } from './parse-pax.ts';
import { readSparseMap } from './read-sparse-map.ts';
import { SparseBody } from './sparse-body.ts';
import type { TarEntry } from './tar-entry.ts';
import { invalidTar, tarExceeds, truncatedTar } from './tar-error.ts';

/** Type flags of POSIX, whose entries need no more than their header; NUL would be a block of zeros as well. */
const plainFlags = { first: 0x30, last: 0x37 } as const;

const none: Extensions = {};

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
  readonly #block = new HeaderBlock();
  #current: ArchiveBody | undefined;
  #entries = 0;
  #holeBytes = 0;
  #failure: { readonly reason: unknown } | undefined;
  /** One for all bodies. */
  readonly #fail: (reason: unknown) => unknown = (reason) => {
    this.#failure ??= { reason };
    return this.#failure.reason;
  };

  readonly #bodyOf = (size: number): ArchiveBody => {
    this.#current = new ArchiveBody(this.#cursor, size, this.#fail);
    return this.#current;
  };

  /**
   * @param owned whether the source's chunks may be given back once they were passed over: true only for memory that
   * nobody else will look at
   */
  constructor(source: AsyncIterable<Uint8Array>, limits: ExtractLimits, owned: () => boolean = () => false) {
    this.#cursor = new ChunkCursor(source, owned);
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

  /**
   * As {@link next}, where the next entry is at hand whole and stands by itself, which most do: without waiting it costs
   * half as much. Undefined says nothing but to ask `next`.
   */
  nextAtHand(): TarEntry | undefined {
    const cursor = this.#cursor;
    const body = this.#current;
    const toSkip = body === undefined ? 0 : body.missing + body.padding;
    if (this.#failure !== undefined || cursor.available < toSkip + blockSize) return undefined;
    const flag = cursor.byteAt(toSkip + flagAt);
    if (flag < plainFlags.first || flag > plainFlags.last) return undefined;
    try {
      if (body !== undefined) body.gone = true;
      cursor.pass(toSkip);
      const { offset } = cursor;
      cursor.copyTo(this.#block.bytes);
      return this.#describe(headerIn(this.#block, offset), none, offset);
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
    if (toSkip <= this.#cursor.available) this.#cursor.pass(toSkip);
    // The padding of a last entry may be missing, its content may not.
    else if ((await this.#cursor.skip(toSkip)) < body.missing) throw truncatedTar(this.#cursor.offset);
  }

  async #readEntry(): Promise<TarEntry | undefined> {
    let start = this.#cursor.offset;
    let extensions: Extensions = {};
    for (;;) {
      const offset = this.#cursor.offset;
      if (!(await this.#takeBlock())) {
        if (offset !== start) throw truncatedTar(offset);
        return this.#finish();
      }
      const header = headerIn(this.#block, offset);
      if (!isExtension(header.flag)) return this.#open(header, extensions, offset);
      this.#checkHeaderBytes(offset - start + blockSize + paddedSize(header.size), start);
      await this.#readExtension(header, extensions, offset);
      if (header.flag !== 'g') continue;
      // A global header speaks of the archive. To the runtimes' reader it is an entry of its own: nothing of it applies
      // to the entries behind it, and nothing in front of it does either.
      this.#countEntry(offset);
      start = this.#cursor.offset;
      extensions = {};
    }
  }

  /** Takes the next header block. @returns false at the end of the archive */
  async #takeBlock(): Promise<boolean> {
    const cursor = this.#cursor;
    if (cursor.available >= blockSize) cursor.copyTo(this.#block.bytes);
    else {
      const bytes = await cursor.takeAcross(blockSize);
      if (bytes.byteLength < blockSize) {
        if (firstNonZero(bytes) >= 0) throw truncatedTar(cursor.offset);
        return false;
      }
      this.#block.bytes.set(bytes);
    }
    return !this.#block.isZero;
  }

  #checkHeaderBytes(length: number, start: number): void {
    const { headerBytes } = this.#limits;
    if (length > headerBytes) throw tarExceeds(start, `headers longer than limit headerBytes ${headerBytes}`);
  }

  async #readExtension({ flag, size }: TarHeader, extensions: Extensions, offset: number): Promise<void> {
    const padded = await this.#cursor.takeAcross(paddedSize(size));
    if (padded.byteLength < size) throw truncatedTar(this.#cursor.offset);
    const body = padded.subarray(0, size);
    if (flag === 'L') extensions.longName = untilNul(body);
    else if (flag === 'K') extensions.longLinkName = untilNul(body);
    else {
      const pax = parsePax(body);
      if (pax === undefined) throw invalidTar(offset, 'an extended header that breaks its form');
      extensions.pax = pax;
    }
  }

  #countEntry(offset: number): void {
    this.#entries += 1;
    if (this.#entries <= this.#limits.entries) return;
    throw tarExceeds(offset, `more entries than limit entries ${this.#limits.entries}`);
  }

  async #open(header: TarHeader, extensions: Extensions, offset: number): Promise<TarEntry> {
    const entry = this.#describe(header, extensions, offset);
    const { pax } = extensions;
    if (header.sparse === undefined && pax === undefined) return entry;
    const sparse = await readSparseMap(this.#cursor, { header, pax, size: entry.size, offset }, this.#limits);
    if (sparse === undefined) return entry;
    const { held, map } = sparse;
    const body = new SparseBody(this.#bodyOf(held), map, (bytes) => this.#countHole(bytes));
    return { ...entry, size: map.size, body };
  }

  #describe(header: TarHeader, extensions: Extensions, offset: number): TarEntry {
    this.#countEntry(offset);
    const entry = describeEntry(header, extensions, offset, this.#bodyOf);
    if (typeof entry === 'string') throw invalidTar(offset, entry);
    return entry;
  }

  /** A few bytes of map stand for any number of zeros: those that are read count as decompressed ones do. */
  #countHole(bytes: number): void {
    const { totalBytes, ratio, ratioFloorBytes } = this.#limits;
    const { offset } = this.#cursor;
    this.#holeBytes += bytes;
    if (this.#holeBytes <= Math.min(totalBytes, Math.max(ratioFloorBytes, ratio * offset))) return;
    const limits = `limits totalBytes ${totalBytes} and ratio ${ratio} allow`;
    throw this.#fail(tarExceeds(offset, `more zeros read from holes of sparse files than ${limits}`));
  }

  /** Reads on to the end of the source: there its digest is checked. */
  async #finish(): Promise<undefined> {
    const cursor = this.#cursor;
    while (await cursor.pull()) {
      const { offset } = cursor;
      const bytes = cursor.take(cursor.available);
      if (this.trailingData !== undefined) continue;
      const index = firstNonZero(bytes);
      if (index >= 0) this.trailingData = offset + index;
    }
    return undefined;
  }
}

function headerIn(block: HeaderBlock, offset: number): TarHeader {
  const header = parseHeader(block);
  if (typeof header === 'string') throw invalidTar(offset, header);
  return header;
}

function untilNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('latin1', 0, nul < 0 ? bytes.byteLength : nul);
}
