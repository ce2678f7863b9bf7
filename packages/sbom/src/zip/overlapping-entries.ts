import type { ZipEntry } from './zip-entry.ts';

/** Bytes of a local header without its name: the least that stands between two entries. */
const localHeaderLength = 30;

/**
 * The entries whose bytes are also another's. Archives made to swell beyond all measure let thousands of entries use
 * the same compressed bytes; no archiver does.
 */
export function overlappingEntries(entries: readonly ZipEntry[]): ReadonlySet<ZipEntry> {
  const overlapping = new Set<ZipEntry>();
  let furthest: { entry: ZipEntry; end: number } | undefined;
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    const end = entry.offset + localHeaderLength + entry.compressedSize;
    if (furthest !== undefined && entry.offset < furthest.end) overlapping.add(entry).add(furthest.entry);
    if (furthest === undefined || end > furthest.end) furthest = { entry, end };
  }
  return overlapping;
}
