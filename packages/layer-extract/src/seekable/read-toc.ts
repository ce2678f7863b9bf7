import { BlobSource } from '../blob/blob-source.ts';
import { gunzip } from '../decompress/gunzip.ts';
import { unzstd } from '../decompress/unzstd.ts';
import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { TarReader } from '../tar/tar-reader.ts';
import { ContentHash, isDigest } from './content-hash.ts';
import type { TocLocation } from './locate-toc.ts';
import { RangeReader } from './range-reader.ts';
import type { SeekableBlob } from './seekable-blob.ts';
import type { TocAnnotations } from './toc-annotation.ts';
import { tocError } from './toc-error.ts';

const tocName = 'stargz.index.json';
/** Compressed, a table may be this much longer than the limit on its content: headers, padding, footers. */
const storedExtra = 64 * 1024;

/** Options of {@link readToc}. */
export interface ReadTocOptions {
  readonly limits: ExtractLimits;
  /** Longest JSON, in bytes. */
  readonly tocBytes: number;
  /** With the digests that the table shall have. */
  readonly annotations: TocAnnotations;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fetches a table of contents and compares it with every digest that the annotations have for it.
 *
 * @returns the JSON, not parsed
 * @throws ExtractError `TOC_INVALID`, `LIMIT_EXCEEDED`, `TRUNCATED`; the blob's errors and the abort reason unchanged.
 */
export async function readToc(blob: SeekableBlob, location: TocLocation, options: ReadTocOptions): Promise<Buffer> {
  const { start, end, length, format } = location;
  if (!Number.isSafeInteger(end) || start >= end || end > blob.size) {
    throw tocError('TOC_INVALID', `table of contents, bytes ${start} to ${end}: outside of the layer`);
  }
  if (end - start > options.tocBytes + storedExtra || (length ?? 0) > options.tocBytes) throw tooLong(options);
  const reader = new RangeReader(blob, options);
  try {
    const json = await (format === 'estargz' ? readGzipToc : readZstdToc)(reader, location, options);
    verify(json, options.annotations.digest, 'toc.digest');
    return json;
  } catch (error) {
    if (!isDecodingError(error)) throw error;
    const message = `table of contents, blob offset ${start}: it cannot be read`;
    throw tocError('TOC_INVALID', message, { cause: error, offset: start });
  } finally {
    await reader.close();
  }
}

type FormReader = (reader: RangeReader, location: TocLocation, options: ReadTocOptions) => Promise<Buffer>;

/** The table of eStargz is the last file of the archive. */
const readGzipToc: FormReader = async (reader, location, options) => {
  const source = new BlobSource(reader.read(location), options.signal, Number.POSITIVE_INFINITY, location.start);
  const tar = new TarReader(gunzip(source), options.limits);
  try {
    const entry = await tar.next();
    if (entry?.name !== tocName || entry.type !== 'file') {
      throw tocError('TOC_INVALID', `table of contents, blob offset ${location.start}: another file lies there`);
    }
    if (entry.size > options.tocBytes) throw tooLong(options);
    const parts: Uint8Array[] = [];
    for (let part = await entry.body.read(); part !== undefined; part = await entry.body.read()) parts.push(part);
    return Buffer.concat(parts);
  } finally {
    reader.interrupt();
    source.interrupt();
    await tar.close();
    await source.close();
  }
};

/** The table of zstd:chunked is one frame within a skippable one. */
const readZstdToc: FormReader = async (reader, location, options) => {
  const parts: Uint8Array[] = [];
  for await (const part of reader.read(location)) parts.push(part);
  const stored = Buffer.concat(parts);
  verify(stored, options.annotations.storedDigest, 'manifest-checksum');
  const source = new BlobSource(once(stored), options.signal);
  const json: Uint8Array[] = [];
  let length = 0;
  for await (const part of unzstd(source, options.limits)) {
    length += part.byteLength;
    if (length > options.tocBytes) throw tooLong(options);
    json.push(part);
  }
  return Buffer.concat(json);
};

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function verify(bytes: Buffer, expected: string | undefined, annotation: string): void {
  if (expected === undefined) return;
  if (!isDigest(expected)) throw tocError('TOC_INVALID', `layer, annotation ${annotation}: it is no digest`);
  const hash = new ContentHash(expected);
  hash.update(bytes);
  if (!hash.matches()) throw tocError('TOC_INVALID', `table of contents: it does not have the digest of ${annotation}`);
}

function isDecodingError(error: unknown): boolean {
  return error instanceof ExtractError && ['GZIP_INVALID', 'ZSTD_INVALID', 'TAR_INVALID'].includes(error.code);
}

function tooLong({ tocBytes }: ReadTocOptions): ExtractError {
  return new ExtractError('LIMIT_EXCEEDED', `table of contents: longer than limit tocBytes ${tocBytes}`, {
    hint: 'read the whole layer with walkLayer, or give openSeekableLayer a higher limit',
  });
}
