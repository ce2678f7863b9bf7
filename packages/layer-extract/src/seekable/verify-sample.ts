import type { ProblemEntry } from '../event/file-event.ts';
import { readEntry } from '../event/read-entry.ts';
import { ExtractError } from '../extract-error.ts';
import { paddedSize } from '../tar/block.ts';
import type { TarEntry } from '../tar/tar-entry.ts';
import { TarReader } from '../tar/tar-reader.ts';
import { ChunkContent } from './chunk-content.ts';
import { RangeReader } from './range-reader.ts';
import { type ArchiveGap, sampleGaps } from './sample-gaps.ts';
import { TocComparison } from './toc-comparison.ts';
import type { TocWalk } from './walk-toc.ts';

/** Gaps that are compared beside the first and the last one. */
const sampleCount = 8;

/**
 * Reads some of the stretches between file contents, where the headers of the archive are, and tells what they say
 * otherwise than the table of contents: hidden entries above all. Contents are not compared.
 */
export async function verifySample(walk: TocWalk, random: () => number): Promise<readonly ProblemEntry[]> {
  const { toc, blob, limits, signal } = walk;
  const comparison = new TocComparison(toc, limits);
  const reader = new RangeReader(blob, { limits, signal });
  const content = new ChunkContent(reader, toc.format, { limits, signal });
  try {
    for (const gap of sampleGaps(toc, sampleCount, random)) {
      const tar = new TarReader(headersOf(content, gap), limits);
      try {
        await compareGap(tar, gap, comparison, walk);
      } catch (error) {
        if (!(error instanceof ExtractError) || error.code === 'LIMIT_EXCEEDED') throw error;
        comparison.report('', `the archive cannot be read where its table has headers: ${error.message}`);
      } finally {
        await tar.close();
      }
    }
  } finally {
    reader.interrupt();
    await reader.close();
  }
  return comparison.problems;
}

async function compareGap(
  tar: TarReader,
  gap: ArchiveGap,
  comparison: TocComparison,
  { limits }: TocWalk,
): Promise<void> {
  let last: TarEntry | undefined;
  let ended = false;
  while (!ended) {
    const entry = await tar.next();
    if (entry === undefined) break;
    last = entry;
    for (const event of readEntry(entry, limits)) comparison.header(event);
    ended = entry.size > 0 && !(await hasContent(entry));
  }
  if (gap.after === undefined) return;
  if (last?.name !== gap.after.name) {
    comparison.report(gap.after.name, 'the archive has no header of it in front of its content');
  } else if (!ended) {
    comparison.report(gap.after.name, 'its content does not begin where the table of contents says');
  }
}

/** Whether a file's content lies in the gap too, as in a piece that files share; else the gap ends at its header. */
async function hasContent(entry: TarEntry): Promise<boolean> {
  try {
    return (await entry.body.read()) !== undefined;
  } catch (error) {
    if (error instanceof ExtractError && error.code === 'TRUNCATED') return false;
    throw error;
  }
}

/** The headers of a gap: what it decompresses to, without the content in front and the padding behind that. */
async function* headersOf(content: ChunkContent, gap: ArchiveGap): AsyncGenerator<Uint8Array> {
  const size = gap.before?.size ?? 0;
  let skip = gap.skip + paddedSize(size) - size;
  for await (const piece of content.decompressed(gap)) {
    if (skip < piece.byteLength) yield piece.subarray(skip);
    skip -= Math.min(skip, piece.byteLength);
  }
}
