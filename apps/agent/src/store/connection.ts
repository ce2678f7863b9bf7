import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { StoreError, type StoreErrorCode } from './store-error.ts';

/** SQLite's primary result codes and what they mean for a state file. */
const codes: Readonly<Record<number, StoreErrorCode>> = {
  3: 'UNUSABLE', // PERM
  5: 'LOCKED', // BUSY
  6: 'LOCKED',
  8: 'UNUSABLE', // READONLY
  10: 'IO_FAILED',
  11: 'CORRUPT',
  13: 'DISK_FULL',
  14: 'UNUSABLE', // CANTOPEN
  18: 'TOO_LARGE',
  26: 'CORRUPT', // NOTADB
};

/** A value for a `?` of a statement. */
export type SqlValue = SQLInputValue;

/** One open SQLite database. All methods throw {@link StoreError}, and other errors only for a mistake in a statement. */
export interface Connection {
  /** The first row. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  /** All rows. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  /** Returns how many rows were changed. */
  run(sql: string, ...values: SqlValue[]): number;
  /** Several statements without values. */
  exec(sql: string): void;
  /** Everything that `body` changes, or nothing where it throws. Not to be nested. */
  transaction<Result>(body: () => Result): Result;
  /** Whether SQLite has met damaged content since the database was opened. */
  readonly sawCorruption: boolean;
  /** May be called twice. */
  close(): void;
}

/**
 * @param file - Path, or `:memory:`.
 * @throws StoreError
 */
export function connect(file: string): Connection {
  const where = file === ':memory:' ? 'state in memory' : `state file ${file}`;
  let sawCorruption = false;
  const guarded = <Result>(body: () => Result): Result => {
    try {
      return body();
    } catch (error) {
      const translated = translate(error, where);
      if (translated instanceof StoreError && translated.code === 'CORRUPT') sawCorruption = true;
      throw translated;
    }
  };
  const database = guarded(() => new DatabaseSync(file));
  // The statements are those of the source: few, so all of them stay prepared.
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    get: <Row>(sql: string, ...values: SqlValue[]) => guarded(() => prepared(sql).get(...values) as Row | undefined),
    all: <Row>(sql: string, ...values: SqlValue[]) => guarded(() => prepared(sql).all(...values) as Row[]),
    run: (sql, ...values) => guarded(() => Number(prepared(sql).run(...values).changes)),
    exec: (sql) => guarded(() => database.exec(sql)),
    transaction: (body) => guarded(() => inTransaction(database, body)),
    get sawCorruption() {
      return sawCorruption;
    },
    close() {
      statements.clear();
      if (database.isOpen) guarded(() => database.close());
    },
  };
}

function inTransaction<Result>(database: DatabaseSync, body: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = body();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // After some errors, a full disk among them, SQLite has rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function translate(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const { code, errcode } = error as NodeJS.ErrnoException & { readonly errcode?: number };
  if (code === 'ERR_INVALID_STATE') return new StoreError('CLOSED', `${where}: ${error.message}`, { cause: error });
  // The primary code is in the low byte, what exactly failed above it.
  const meaning = errcode === undefined ? undefined : codes[errcode & 0xff];
  return meaning === undefined ? error : new StoreError(meaning, `${where}: ${error.message}`, { cause: error });
}
