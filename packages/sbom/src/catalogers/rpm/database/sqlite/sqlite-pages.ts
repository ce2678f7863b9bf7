import { SbomError } from '../../../../sbom-error.ts';
import { type BlockReader, viewOf } from '../block-reader.ts';
import { createPageSet } from '../page-set.ts';
import { isPageSize, readWriteAheadLog, type WriteAheadLog } from './write-ahead-log.ts';

/** First 16 bytes of every SQLite database. */
export const sqliteMagic = 'SQLite format 3\0';

const headBytes = 100;

/** The pages of a database as a reader sees them that opens it now: with its log, where it has one. */
export interface SqlitePages {
  /** Bytes of a page that hold content. */
  readonly usableBytes: number;
  /** Pages there are. */
  readonly count: number;
  /** 1 UTF-8, 2 UTF-16 little-endian, 3 UTF-16 big-endian; 0 in a database without content. */
  readonly textEncoding: number;
  /**
   * Page by number, the first is 1; each can be read once.
   * @throws SbomError `MALFORMED` where the database has none of that number, or it was read before
   */
  page(number: number): Promise<Uint8Array>;
}

/**
 * Opens a database (SQLite file format, section 1.3, "The Database Header").
 *
 * @param log - The `-wal` file beside it.
 * @returns undefined where neither has any content
 * @throws SbomError `MALFORMED` when it is no SQLite database
 */
export async function openSqlitePages(database: BlockReader, log?: BlockReader): Promise<SqlitePages | undefined> {
  const wal = log && (await readWriteAheadLog(log));
  if (database.size === 0 && wal === undefined) return undefined;
  const firstInLog = wal?.pages.get(1);
  const head =
    log !== undefined && firstInLog !== undefined
      ? await log.read(firstInLog, headBytes)
      : await database.read(0, headBytes);
  if (Buffer.from(head.buffer, head.byteOffset, 16).toString('latin1') !== sqliteMagic) {
    throw new SbomError('MALFORMED', 'rpm database: it does not begin as an SQLite database');
  }
  const view = viewOf(head);
  const stated = view.getUint16(16);
  // The largest size does not fit its field.
  const pageBytes = stated === 1 ? 65_536 : stated;
  const usableBytes = pageBytes - view.getUint8(20);
  if (!isPageSize(pageBytes) || usableBytes < 480 || (wal !== undefined && wal.pageBytes !== pageBytes)) {
    throw new SbomError('MALFORMED', `rpm database: SQLite pages of ${pageBytes} bytes, ${usableBytes} of them usable`);
  }
  const count = pageCount(view, database.size, pageBytes, wal);
  const visited = createPageSet(count + 1);
  visited.visit(0);
  return {
    ...{ usableBytes, count, textEncoding: view.getUint32(56) },
    page(number) {
      visited.visit(number);
      const inLog = wal?.pages.get(number);
      if (log !== undefined && inLog !== undefined) return log.read(inLog, pageBytes);
      return database.read((number - 1) * pageBytes, pageBytes);
    },
  };
}

/** The head's own count holds only where the last writer kept it; the log's is newer than either. */
function pageCount(head: DataView, size: number, pageBytes: number, wal: WriteAheadLog | undefined): number {
  const inFile = Math.floor(size / pageBytes);
  // A page of the log takes at least as many bytes as it has, so this many pages can be there and no more.
  if (wal !== undefined) return Math.min(wal.pageCount, inFile + wal.pages.size);
  const stated = head.getUint32(28);
  const isKept = head.getUint32(24) === head.getUint32(92) && stated > 0;
  return isKept ? Math.min(stated, inFile) : inFile;
}
