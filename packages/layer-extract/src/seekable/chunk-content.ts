import { BlobSource } from '../blob/blob-source.ts';
import { gunzip } from '../decompress/gunzip.ts';
import { unzstd } from '../decompress/unzstd.ts';
import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { ContentCheck } from './content-check.ts';
import type { ByteRange, RangeReader } from './range-reader.ts';
import type { TableOfContents, TocChunk, TocEntry } from './table-of-contents.ts';
import { tocError } from './toc-error.ts';

const zeros = new Uint8Array(64 * 1024);

/** Reads pieces of a seekable layer through one {@link RangeReader}, decompressed. */
export class ChunkContent {
  readonly #reader: RangeReader;
  readonly #format: TableOfContents['format'];
  readonly #limits: ExtractLimits;
  readonly #signal: AbortSignal | undefined;
  #total = 0;

  constructor(
    reader: RangeReader,
    format: TableOfContents['format'],
    options: { readonly limits: ExtractLimits; readonly signal: AbortSignal | undefined },
  ) {
    this.#reader = reader;
    this.#format = format;
    this.#limits = options.limits;
    this.#signal = options.signal;
  }

  /**
   * The content of a file. The last bytes of a chunk are given out only once its digest has proved right.
   *
   * @throws ExtractError `CHUNK_INVALID`, `LIMIT_EXCEEDED`; the blob's errors and the abort reason unchanged.
   */
  async *file(entry: TocEntry): AsyncGenerator<Uint8Array, void, void> {
    const check = new ContentCheck(entry);
    for (const chunk of entry.chunks) {
      for await (const piece of chunk.zeros ? zerosOf(chunk.size) : this.#chunk(entry, chunk)) {
        this.#count(piece.byteLength);
        if (!check.add(piece)) throw invalid(entry, chunk, 'it does not have its digest');
        yield piece;
      }
    }
  }

  /** Everything that a range decompresses to. */
  async *decompressed(range: ByteRange): AsyncGenerator<Uint8Array, void, void> {
    const source = new BlobSource(this.#reader.read(range), this.#signal, Number.POSITIVE_INFINITY, range.start);
    const decoded = this.#format === 'estargz' ? gunzip(source) : unzstd(source, this.#limits);
    try {
      for (let next = await decoded.next(); next.done !== true; next = await decoded.next()) {
        this.#count(next.value.byteLength);
        yield next.value;
      }
    } finally {
      source.interrupt();
      await decoded.return(undefined);
      await source.close();
    }
  }

  async *#chunk(entry: TocEntry, chunk: TocChunk): AsyncGenerator<Uint8Array> {
    let skip = chunk.innerOffset;
    let missing = chunk.size;
    try {
      for await (const piece of this.decompressed({ start: chunk.offset, end: chunk.end })) {
        const part = piece.subarray(skip, skip + missing);
        skip -= Math.min(skip, piece.byteLength);
        missing -= part.byteLength;
        if (part.byteLength > 0) yield part;
        if (missing === 0) return;
      }
    } catch (error) {
      if (!(error instanceof ExtractError) || !decodingCodes.has(error.code)) throw error;
      throw invalid(entry, chunk, 'it cannot be decompressed', error);
    }
    throw invalid(entry, chunk, `${missing} bytes are missing`);
  }

  #count(bytes: number): void {
    this.#total += bytes;
    const { totalBytes } = this.#limits;
    if (this.#total <= totalBytes) return;
    throw new ExtractError('LIMIT_EXCEEDED', `content of a seekable layer: more than limit totalBytes ${totalBytes}`);
  }
}

const decodingCodes: ReadonlySet<string> = new Set(['GZIP_INVALID', 'ZSTD_INVALID', 'TRUNCATED']);

function* zerosOf(size: number): Generator<Uint8Array> {
  for (let at = 0; at < size; at += zeros.byteLength) yield zeros.subarray(0, size - at);
}

function invalid(entry: TocEntry, chunk: TocChunk, what: string, cause?: ExtractError): ExtractError {
  const name = JSON.stringify(entry.name.slice(0, 256));
  const options = cause === undefined ? { offset: chunk.offset } : { offset: chunk.offset, cause };
  return tocError('CHUNK_INVALID', `content of ${name}, blob offset ${chunk.offset}: ${what}`, options);
}
