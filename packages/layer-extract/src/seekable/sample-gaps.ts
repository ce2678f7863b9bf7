import type { ByteRange } from './range-reader.ts';
import type { TableOfContents, TocChunk, TocEntry } from './table-of-contents.ts';

/** A stretch of the stored layer that holds headers, and the file contents that the table puts around it. */
export interface ArchiveGap extends ByteRange {
  /** Decompressed bytes of content in front of the headers. */
  readonly skip: number;
  /** The file whose content the gap begins behind; undefined at the beginning of the layer. */
  readonly before: TocEntry | undefined;
  /** The file whose content the gap ends in front of; undefined where the contents are over. */
  readonly after: TocEntry | undefined;
}

interface Member {
  readonly first: TocChunk;
  readonly firstEntry: TocEntry;
  lastEntry: TocEntry;
}

/** Gaps longer than this, as stored, are not sampled. */
const maxGapBytes = 4 * 1024 * 1024;

/**
 * Chooses gaps to compare with the table: the first, the last, and `count` others by chance.
 *
 * @param random numbers from 0 to below 1, as of `Math.random`
 */
export function sampleGaps(toc: TableOfContents, count: number, random: () => number): ArchiveGap[] {
  const gaps = allGaps(toc).filter(({ start, end }) => end > start && end - start <= maxGapBytes);
  const chosen = [...new Set([gaps[0], gaps.at(-1)])].filter((gap) => gap !== undefined);
  const others = gaps.slice(1, -1);
  for (let picked = 0; picked < count && others.length > 0; picked += 1) {
    chosen.push(...others.splice(Math.floor(random() * others.length), 1));
  }
  return chosen.sort((a, b) => a.start - b.start);
}

function allGaps(toc: TableOfContents): ArchiveGap[] {
  const members = membersOf(toc);
  const [first] = members;
  const gaps: ArchiveGap[] = [
    { start: 0, end: first?.first.offset ?? toc.offset, skip: 0, before: undefined, after: first?.firstEntry },
  ];
  for (const [index, member] of members.entries()) {
    const next = members[index + 1];
    const whole = member.firstEntry.chunks.at(-1) === member.first;
    if (!whole || next?.firstEntry === member.lastEntry) continue;
    gaps.push(gapBehind(member, next, toc.offset));
  }
  return gaps;
}

function gapBehind({ first, firstEntry }: Member, next: Member | undefined, tocOffset: number): ArchiveGap {
  const around = { before: firstEntry, after: next?.firstEntry };
  const end = next?.first.offset ?? tocOffset;
  // Where the table states the end of a content, only what lies behind it is read.
  if (first.end < end) return { ...around, start: first.end, end, skip: 0 };
  return { ...around, start: first.offset, end, skip: first.innerOffset + first.size };
}

/** Compressed pieces in the order of the layer; several files may share one. */
function membersOf(toc: TableOfContents): Member[] {
  const all = toc.entries.flatMap((entry) => entry.chunks.map((chunk) => ({ chunk, entry })));
  all.sort((a, b) => a.chunk.offset - b.chunk.offset || a.chunk.innerOffset - b.chunk.innerOffset);
  const members: Member[] = [];
  for (const { chunk, entry } of all) {
    const last = members.at(-1);
    if (last?.first.offset === chunk.offset) last.lastEntry = entry;
    else members.push({ first: chunk, firstEntry: entry, lastEntry: entry });
  }
  return members;
}
