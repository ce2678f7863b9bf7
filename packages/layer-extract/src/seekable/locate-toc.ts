import { tocError } from './toc-error.ts';

/** Where a table of contents lies in the stored layer, in bytes, and in which form. */
export interface TocLocation {
  readonly format: 'estargz' | 'zstd:chunked';
  readonly start: number;
  readonly end: number;
  /** Bytes of the JSON, where it is stated. */
  readonly length: number | undefined;
}

/** Bytes at the end of a layer that hold every footer known: 64 in a skippable frame. */
export const footerSpan = 72;

const manifestType = 1;

/** Reads the position annotation of zstd:chunked. @throws ExtractError `TOC_INVALID` */
export function positionFromAnnotation(text: string): TocLocation {
  const fields = /^(\d{1,15}):(\d{1,15}):(\d{1,15}):(\d{1,15})$/.exec(text)?.slice(1).map(Number);
  if (fields === undefined || fields[3] !== manifestType) {
    throw tocError('TOC_INVALID', `layer, annotation manifest-position: it is no position of a known type`);
  }
  const [start, stored, length] = fields as [number, number, number];
  return { format: 'zstd:chunked', start, end: start + stored, length };
}

/**
 * Finds the table of contents by the last bytes of a layer: the footers of eStargz (51 bytes), of stargz (47) and of
 * zstd:chunked (64 as containers/storage writes it, 40 as it did before and stargz-snapshotter does).
 *
 * @param tail the last {@link footerSpan} bytes, or the whole layer where it is shorter
 * @param size bytes of the whole layer
 * @returns undefined where there is no footer
 */
export function locateByFooter(tail: Buffer, size: number): TocLocation | undefined {
  return gzipFooter(tail, size, 51, 'SG\x16\0') ?? gzipFooter(tail, size, 47, '') ?? zstdFooter(tail);
}

/** An empty gzip member whose extra field is `subfield` and the offset as 16 digits with `STARGZ`. */
function gzipFooter(tail: Buffer, size: number, length: number, subfield: string): TocLocation | undefined {
  const footer = tail.subarray(-length);
  if (footer.byteLength < length || footer[0] !== 0x1f || footer[1] !== 0x8b || footer[3] !== 4) return undefined;
  const extra = footer.toString('latin1', 12, length - 13);
  if (footer.readUInt16LE(10) !== extra.length || !extra.startsWith(subfield)) return undefined;
  const digits = /^([0-9a-f]{16})STARGZ$/.exec(extra.slice(subfield.length))?.[1];
  if (digits === undefined) return undefined;
  return { format: 'estargz', start: Number.parseInt(digits, 16), end: size - length, length: undefined };
}

function zstdFooter(tail: Buffer): TocLocation | undefined {
  // Older writers spell it the second way.
  if (!/G[Nn]UlInUx$/.test(tail.toString('latin1', tail.byteLength - 8))) return undefined;
  for (const length of [64, 40]) {
    const frame = tail.subarray(-length - 8);
    if (frame.byteLength < length + 8 || frame.readUInt32LE(0) !== 0x184d2a50 || frame.readUInt32LE(4) !== length) {
      continue;
    }
    const field = (index: number): number => Number(frame.readBigUInt64LE(8 + 8 * index));
    if (field(3) !== manifestType) return undefined;
    return { format: 'zstd:chunked', start: field(0), end: field(0) + field(1), length: field(2) };
  }
  return undefined;
}
