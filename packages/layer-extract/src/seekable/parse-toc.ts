import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import { normalizeLayerPath } from '../path/normalize-layer-path.ts';
import type { TocLocation } from './locate-toc.ts';
import { invalidRow, readTocRow, type TocRowFields } from './read-toc-row.ts';
import type { TableOfContents, TocChunk, TocEntry } from './table-of-contents.ts';
import { tocError } from './toc-error.ts';

/** Bytes of a skippable zstd frame in front of its content (RFC 8878, 3.1.2). */
const skippableHeader = 8;

/**
 * Reads the JSON of a table of contents and checks that it can be true: every content inside the layer and in front of
 * the table, in order, without overlap, as long as its file, with a digest; every path once.
 *
 * @throws ExtractError `TOC_INVALID`; `LIMIT_EXCEEDED` for more rows than `limits.entries`.
 */
export function parseToc(json: Buffer, location: TocLocation, limits: ExtractLimits): TableOfContents {
  const rows = readRows(json);
  if (rows.length > limits.entries) {
    throw new ExtractError('LIMIT_EXCEEDED', `table of contents: more entries than limit entries ${limits.entries}`);
  }
  const entries: TocEntry[] = [];
  const ends = new Map<TocChunk, number>();
  const paths = new Set<string>();
  for (let index = 0; index < rows.length; ) {
    const first = readTocRow(rows[index], index);
    if (first.type === 'chunk') throw invalidRow(index, 'a chunk that follows no file');
    const parts = [first];
    while (index + parts.length < rows.length && isChunkRow(rows[index + parts.length])) {
      parts.push(readTocRow(rows[index + parts.length], index + parts.length));
    }
    const { path } = normalizeLayerPath(first.name, limits);
    if (path !== undefined && paths.has(path)) throw invalidRow(index, 'its path comes twice');
    if (path !== undefined) paths.add(path);
    const chunks = first.type === 'file' ? chunksOf(parts, index) : [];
    if (first.type !== 'file' && parts.length > 1) throw invalidRow(index + 1, 'a chunk that follows no file');
    const lastChunk = chunks.at(-1);
    if (lastChunk !== undefined && first.endOffset > 0) ends.set(lastChunk, first.endOffset);
    entries.push(entryOf(first, chunks));
    index += parts.length;
  }
  const offset = location.format === 'estargz' ? location.start : location.start - skippableHeader;
  setEnds(entries, ends, offset);
  return { format: location.format, offset, entries };
}

function readRows(json: Buffer): readonly unknown[] {
  let table: unknown;
  try {
    table = JSON.parse(json.toString());
  } catch (cause) {
    throw tocError('TOC_INVALID', 'table of contents: it is no JSON', { cause });
  }
  const { version, entries } = (table ?? {}) as { version?: unknown; entries?: unknown };
  if (version !== 1 || !Array.isArray(entries)) {
    throw tocError('TOC_INVALID', 'table of contents: it has no entries in a known version');
  }
  return entries;
}

function isChunkRow(row: unknown): boolean {
  return typeof row === 'object' && row !== null && (row as { type?: unknown }).type === 'chunk';
}

function entryOf(row: TocRowFields, chunks: readonly TocChunk[]): TocEntry {
  const { name, type, linkName, mode, uid, gid, mtime, digest } = row;
  const known = type === 'chunk' ? 'unknown' : type;
  return { type: known, name, linkName, size: known === 'file' ? row.size : 0, mode, uid, gid, mtime, digest, chunks };
}

/** The chunks of a file: its own row and the rows behind it. */
function chunksOf(rows: readonly TocRowFields[], index: number): TocChunk[] {
  const [first] = rows as readonly [TocRowFields];
  if (first.size === 0 && rows.length === 1) return [];
  let at = 0;
  return rows.map((row, position) => {
    const here = index + position;
    if (row.name !== first.name) throw invalidRow(here, 'a chunk of another file');
    if (row.chunkOffset !== at) throw invalidRow(here, 'a chunk that does not follow the last one');
    const last = position === rows.length - 1;
    const size = last && row.chunkSize === 0 ? first.size - at : row.chunkSize;
    at += size;
    if (size <= 0 || at > first.size || (last && at !== first.size)) {
      throw invalidRow(here, 'chunks that do not make up the size of the file');
    }
    const digest = row.chunkDigest ?? (rows.length === 1 ? first.digest : undefined);
    if (digest === undefined && first.digest === undefined) throw invalidRow(here, 'content without a digest');
    return { offset: row.offset, end: 0, innerOffset: row.innerOffset, size, digest, zeros: row.zeros };
  });
}

/** Chunks end where the next one begins at the latest, wherever that stands in the table. */
function setEnds(entries: readonly TocEntry[], stated: ReadonlyMap<TocChunk, number>, tocOffset: number): void {
  const chunks = entries.flatMap((entry) => entry.chunks);
  for (const entry of entries) checkOrder(entry);
  chunks.sort((a, b) => a.offset - b.offset || a.innerOffset - b.innerOffset);
  let next: TocChunk | undefined;
  let end = tocOffset;
  for (const chunk of chunks.reverse()) {
    if (next !== undefined && chunk.offset < next.offset) end = next.offset;
    else if (next !== undefined && chunk.innerOffset + chunk.size > next.innerOffset) throw outside(chunk, 'overlaps');
    if (chunk.offset === 0 || chunk.offset >= end) throw outside(chunk, 'does not lie in front of the table');
    const own = stated.get(chunk) ?? end;
    if (own <= chunk.offset || own > end) throw outside(chunk, 'overlaps');
    chunk.end = own;
    next = chunk;
  }
}

function checkOrder(entry: TocEntry): void {
  let last: TocChunk | undefined;
  for (const chunk of entry.chunks) {
    if (last !== undefined && chunk.offset < last.offset) throw outside(chunk, 'lies in front of the chunk before it');
    last = chunk;
  }
}

function outside(chunk: TocChunk, what: string): Error {
  return tocError('TOC_INVALID', `table of contents, content at blob offset ${chunk.offset}: it ${what}`);
}
