import type { BlockReader } from '../block-reader.ts';
import type { HeaderSource, HeaderSourceContext } from '../header-source.ts';
import { reportDamage } from '../keep-going.ts';
import { readRecord } from './record.ts';
import { openSqlitePages, type SqlitePages } from './sqlite-pages.ts';
import { type TableRowsOptions, tableRows } from './table-rows.ts';

/** Where the table of tables begins. */
const schemaRoot = 1;
const tableName = 'Packages';
const utf8 = 1;
/** Bytes of a row of the schema: rpm's own are short. */
const maxSchemaRowBytes = 64 * 1024;
/** Bytes that a row may have beside the header: its head and key. */
const rowBytesBesideHeader = 64;

/**
 * Headers of an `rpmdb.sqlite`, the database of rpm since 4.16: column `blob` of the table `Packages` (rpm,
 * lib/backend/sqlite.c). It is read as SQLite would after a crash: with what its log committed.
 */
export async function* readSqlite(context: HeaderSourceContext, log?: BlockReader): HeaderSource {
  const { reader, report, spend, maxHeaderBytes } = context;
  const pages = await openSqlitePages(reader, log);
  if (pages === undefined) return;
  if (pages.textEncoding > utf8) {
    report({ code: 'unsupported', reason: 'SQLite: its text is not UTF-8' });
    return;
  }
  const damaged = (error: unknown) => reportDamage(error, report);
  const root = await packagesRoot(pages, { spend, damaged });
  if (root === undefined) {
    // A database that was created but never written to has no table yet.
    if (pages.textEncoding !== 0) report({ code: 'malformed', reason: `SQLite: it has no table ${tableName}` });
    return;
  }
  const tooLarge = (length: number) =>
    report({ code: 'too-large', reason: `a header has ${length} bytes, the limit is ${maxHeaderBytes}` });
  const options: TableRowsOptions = {
    root,
    maxRowBytes: maxHeaderBytes + rowBytesBesideHeader,
    spend,
    tooLarge,
    damaged,
  };
  for await (const row of tableRows(pages, options)) {
    try {
      const header = readRecord(row).find((value) => value instanceof Uint8Array);
      if (header === undefined) report({ code: 'malformed', reason: 'SQLite: a package without a header' });
      else yield header;
    } catch (error) {
      damaged(error);
    }
  }
}

/** Where the table of packages begins, by the schema: type, name, table, page, text. */
async function packagesRoot(
  pages: SqlitePages,
  { spend, damaged }: Pick<TableRowsOptions, 'spend' | 'damaged'>,
): Promise<number | undefined> {
  const options = { root: schemaRoot, maxRowBytes: maxSchemaRowBytes, spend, tooLarge: () => undefined, damaged };
  let found: number | undefined;
  for await (const row of tableRows(pages, options)) {
    const [type, name, , root] = readSchemaRow(row, damaged);
    // The schema is read to its end although this is all it is asked for: a page is part of one tree only.
    if (type === 'table' && name === tableName && typeof root === 'number' && root > schemaRoot) found ??= root;
  }
  return found;
}

function readSchemaRow(row: Uint8Array, damaged: (error: unknown) => void): ReturnType<typeof readRecord> {
  try {
    return readRecord(row);
  } catch (error) {
    damaged(error);
    return [];
  }
}
