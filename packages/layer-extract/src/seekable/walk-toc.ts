import type { FileEntry, FileEvent } from '../event/file-event.ts';
import { problem, readEntry } from '../event/read-entry.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import type { TarBody } from '../tar/tar-entry.ts';
import { ChunkContent } from './chunk-content.ts';
import { type ByteRange, RangeReader } from './range-reader.ts';
import type { SeekableBlob } from './seekable-blob.ts';
import type { TableOfContents, TocEntry } from './table-of-contents.ts';
import { TocBody, UnselectedContent } from './toc-body.ts';

/** An event of which the table of contents is the only witness. */
export type TocEvent = (Exclude<FileEvent, FileEntry> | (FileEntry & { readonly selected: boolean })) & {
  readonly source: 'toc';
};

/** Tells the files whose content shall be readable. Called once for each file, before the first event. */
export type SelectFile = (path: string, entry: Omit<FileEntry, 'content'>) => boolean;

/** What {@link walkToc} walks and how. */
export interface TocWalk {
  readonly toc: TableOfContents;
  readonly blob: SeekableBlob;
  readonly select: SelectFile;
  readonly limits: ExtractLimits;
  readonly signal: AbortSignal | undefined;
}

/** The events of a table of contents; the contents of the selected files are fetched as they are read. */
export async function* walkToc(walk: TocWalk): AsyncGenerator<TocEvent, void, void> {
  const { toc, blob, limits, signal } = walk;
  signal?.throwIfAborted();
  const { selected, ranges } = planFiles(walk);
  const reader = new RangeReader(blob, { limits, signal }, ranges);
  const content = new ChunkContent(reader, toc.format, { limits, signal });
  let body: TocBody | undefined;
  try {
    for (const [index, entry] of toc.entries.entries()) {
      body = new TocBody(content, entry);
      for (const event of eventsOf(entry, body, limits)) {
        signal?.throwIfAborted();
        yield mark(event, selected[index] === 1);
      }
      await body.close();
    }
  } finally {
    reader.interrupt(); // what a content waits for
    await body?.close();
    await reader.close();
  }
}

/** The events that a tar entry with the same fields would stand for. */
export function eventsOf(entry: TocEntry, body: TarBody, limits: ExtractLimits): FileEvent[] {
  if (entry.name.includes(replacement) || entry.linkName.includes(replacement)) {
    return [problem(entry.name, 'the table of contents may have lost bytes of this name, which JSON cannot hold')];
  }
  return readEntry({ ...entry, offset: 0, body }, limits);
}

/** What JSON writers put in the place of bytes that are no UTF-8. */
const replacement = '\ufffd';

/** A body for events of which only the header is used. */
export const noBody: TarBody = { gone: true, read: async () => undefined, peek: () => undefined };

function planFiles({ toc, select, limits }: TocWalk): { selected: Uint8Array; ranges: ByteRange[] } {
  const selected = new Uint8Array(toc.entries.length);
  const ranges: ByteRange[] = [];
  for (const [index, entry] of toc.entries.entries()) {
    if (entry.type !== 'file') continue;
    for (const event of eventsOf(entry, noBody, limits)) {
      if (event.kind !== 'file') continue;
      const { content: _, ...header } = event;
      if (!select(event.path, header)) continue;
      selected[index] = 1;
      for (const chunk of entry.chunks) if (!chunk.zeros) ranges.push({ start: chunk.offset, end: chunk.end });
    }
  }
  return { selected, ranges };
}

function mark(event: FileEvent, selected: boolean): TocEvent {
  if (event.kind !== 'file') return { ...event, source: 'toc' };
  if (selected) return { ...event, selected, source: 'toc' };
  return { ...event, content: new UnselectedContent(event.path), selected, source: 'toc' };
}
