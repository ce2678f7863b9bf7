import { type BlockReader, viewOf } from '../block-reader.ts';

/** Magic number of a write-ahead log; with the lowest bit set its checksums read numbers big-endian. */
const logMagic = 0x377f0682;
const logVersion = 3_007_000;
const logHeadBytes = 32;
const frameHeadBytes = 24;
/** Bytes of the log that are held at once. */
const chunkBytes = 512 * 1024;

/** What a log adds to its database. */
export interface WriteAheadLog {
  readonly pageBytes: number;
  /** Pages that the database has once the log is in it. */
  readonly pageCount: number;
  /** Where in the log the newest committed content of a page begins, by its number. */
  readonly pages: ReadonlyMap<number, number>;
}

/**
 * Reads which pages a write-ahead log has (SQLite file format, section 4, "The Write-Ahead Log"). Frames count up to
 * the last commit; the first one that does not carry the salts of the head or the running checksum ends the log, for
 * what follows is left from before or was never finished.
 *
 * @returns undefined where nothing was committed, or it is no log
 */
export async function readWriteAheadLog(reader: BlockReader): Promise<WriteAheadLog | undefined> {
  if (reader.size < logHeadBytes) return undefined;
  const head = viewOf(await reader.read(0, logHeadBytes));
  const magic = head.getUint32(0);
  const pageBytes = head.getUint32(8);
  if (magic >>> 1 !== logMagic >>> 1 || head.getUint32(4) !== logVersion || !isPageSize(pageBytes)) return undefined;
  const sum = new Checksum((magic & 1) === 0);
  sum.add(head, 0, logHeadBytes - 8);
  if (!sum.is(head, logHeadBytes - 8)) return undefined;

  const salts = [head.getUint32(16), head.getUint32(20)] as const;
  const pages = new Map<number, number>();
  const uncommitted = new Map<number, number>();
  let pageCount = 0;
  for await (const { frame, at, offset } of readFrames(reader, frameHeadBytes + pageBytes)) {
    if (frame.getUint32(at + 8) !== salts[0] || frame.getUint32(at + 12) !== salts[1]) break;
    sum.add(frame, at, 8);
    sum.add(frame, at + frameHeadBytes, pageBytes);
    if (!sum.is(frame, at + 16)) break;
    uncommitted.set(frame.getUint32(at), offset + frameHeadBytes);
    const committed = frame.getUint32(at + 4);
    if (committed === 0) continue;
    pageCount = committed;
    for (const [page, content] of uncommitted) pages.set(page, content);
    uncommitted.clear();
  }
  return pageCount === 0 ? undefined : { pageBytes, pageCount, pages };
}

/** The frames in order, several read at a time. */
async function* readFrames(
  reader: BlockReader,
  frameBytes: number,
): AsyncGenerator<{ frame: DataView; at: number; offset: number }, void> {
  const whole = Math.floor((reader.size - logHeadBytes) / frameBytes);
  const together = Math.max(1, Math.floor(chunkBytes / frameBytes));
  for (let first = 0; first < whole; first += together) {
    const count = Math.min(together, whole - first);
    const start = logHeadBytes + first * frameBytes;
    const frame = viewOf(await reader.read(start, count * frameBytes));
    for (let index = 0; index < count; index += 1) {
      yield { frame, at: index * frameBytes, offset: start + index * frameBytes };
    }
  }
}

/** The running checksum of a log. */
class Checksum {
  readonly #littleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  add(view: DataView, offset: number, length: number): void {
    const end = offset + length;
    for (let at = offset; at < end; at += 8) {
      this.#first = (this.#first + view.getUint32(at, this.#littleEndian) + this.#second) >>> 0;
      this.#second = (this.#second + view.getUint32(at + 4, this.#littleEndian) + this.#first) >>> 0;
    }
  }

  /** Whether it is the one that stands at `offset`, always big-endian. */
  is(view: DataView, offset: number): boolean {
    return view.getUint32(offset) === this.#first && view.getUint32(offset + 4) === this.#second;
  }
}

/** Whether SQLite knows pages of this size: powers of two from 512 to 65 536. */
export function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;
}
