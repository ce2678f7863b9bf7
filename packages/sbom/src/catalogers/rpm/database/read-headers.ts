import type { RandomAccess } from '../../../catalog/cataloger.ts';
import { SbomError } from '../../../sbom-error.ts';
import { berkeleyBtreeMagic, berkeleyHashMagic, readBerkeley } from './berkeley/read-berkeley.ts';
import { createBlockReader, viewOf } from './block-reader.ts';
import type { ReportProblem } from './database-problem.ts';
import type { HeaderSource, HeaderSourceContext } from './header-source.ts';
import { reportDamage } from './keep-going.ts';
import { ndbMagic, readNdb } from './ndb.ts';
import { readSqlite } from './sqlite/read-sqlite.ts';
import { sqliteMagic } from './sqlite/sqlite-pages.ts';

/** What {@link readHeaders} takes beside the database. */
export interface ReadHeadersOptions {
  /** The write-ahead log beside an SQLite database. */
  readonly wal?: RandomAccess | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly maxHeaderBytes: number;
  readonly report: ReportProblem;
}

/** The headers of a database of any format, which its first bytes tell. An empty file has none. */
export async function* readHeaders(database: RandomAccess, options: ReadHeadersOptions): HeaderSource {
  const { wal, signal, maxHeaderBytes, report } = options;
  const reader = createBlockReader(database, signal);
  const log = wal && createBlockReader(wal, signal);
  let unspent = reader.size + (log?.size ?? 0);
  const spend = (bytes: number) => {
    unspent -= bytes;
    if (unspent < 0) throw new SbomError('MALFORMED', 'rpm database: its packages have more bytes than the file');
  };
  const context: HeaderSourceContext = { reader, maxHeaderBytes, report, spend };
  if (reader.size === 0 && log === undefined) return;
  try {
    const first = await reader.read(0, Math.min(16, reader.size));
    yield* log === undefined ? headersByMagic(first, context) : readSqlite(context, log);
  } catch (error) {
    reportDamage(error, report);
  }
}

function headersByMagic(first: Uint8Array, context: HeaderSourceContext): HeaderSource {
  if (first.length < 16) throw unknownFormat();
  const head = viewOf(first);
  const berkeleyMagics = [head.getUint32(12, true), head.getUint32(12)];
  if (berkeleyMagics.some((magic) => magic === berkeleyHashMagic || magic === berkeleyBtreeMagic)) {
    return readBerkeley(context);
  }
  if (head.getUint32(0, true) === ndbMagic) return readNdb(context);
  if (Buffer.from(first).toString('latin1') === sqliteMagic) return readSqlite(context);
  throw unknownFormat();
}

function unknownFormat(): SbomError {
  return new SbomError('MALFORMED', 'rpm database: it is neither Berkeley DB nor NDB nor SQLite');
}
