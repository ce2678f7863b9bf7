import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { FalconError } from '../falcon-error.ts';

/** The file of a store, in its directory. */
export const storeFileName = 'falcon-cloud.sqlite';

/** Marks a file as one of ours: `FCld`. */
const applicationId = 0x46436c64;
const version = 1;

// The sum is kept by triggers: adding up a table of large rows would read all of it at every upload.
const tables = `
  CREATE TABLE inventories (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    agent TEXT NOT NULL,
    host TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    repeats INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (digest, agent)
  ) STRICT;
  CREATE TABLE body_bytes (total INTEGER NOT NULL) STRICT;
  INSERT INTO body_bytes VALUES (0);
  CREATE TRIGGER body_added AFTER INSERT ON inventories
    BEGIN UPDATE body_bytes SET total = total + length(new.body); END;
  CREATE TRIGGER body_replaced AFTER UPDATE OF body ON inventories
    BEGIN UPDATE body_bytes SET total = total - length(old.body) + length(new.body); END;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${version};
`;

/** The open database of a store. What SQLite throws goes through, so that the double answers 500 and says why. */
export interface StoreDatabase {
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  run(sql: string, ...values: SQLInputValue[]): void;
  /** Everything `body` changes, or nothing where it throws. */
  transaction<Result>(body: () => Result): Result;
  close(): void;
}

/**
 * Opens or makes the database of a store, for this process alone.
 *
 * @param directory - `undefined`: in memory.
 * @throws FalconError `OPTIONS_INVALID` where the directory cannot be used, its file is another program's or damaged, or
 *   another double has it open.
 */
export function openStoreDatabase(directory: string | undefined): StoreDatabase {
  try {
    if (directory === undefined) {
      return wrap(prepare(new DatabaseSync(':memory:')));
    }
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return wrap(openFile(join(directory, storeFileName)));
  } catch (error) {
    throw unusable(directory ?? 'in memory', error);
  }
}

function openFile(file: string): DatabaseSync {
  if (!existsSync(file)) {
    // Nobody else may read where which image runs.
    closeSync(openSync(file, 'wx', 0o600));
  }
  const database = new DatabaseSync(file);
  try {
    // FULL: what was answered is there after a power failure, too.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    return prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: DatabaseSync): DatabaseSync {
  const read = (sql: string): unknown => Object.values(database.prepare(sql).get() ?? {})[0];
  const owner = read('PRAGMA application_id');
  if (owner === 0 && read('SELECT count(*) FROM sqlite_schema') === 0) {
    database.exec(`BEGIN IMMEDIATE; ${tables} COMMIT`);
  } else if (owner !== applicationId) {
    throw new Error('the file belongs to another program');
  } else if (read('PRAGMA user_version') !== version) {
    throw new Error('the file was written by another version');
  }
  return database;
}

function wrap(database: DatabaseSync): StoreDatabase {
  // The statements are those of the source: few, so all of them stay prepared.
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    get: <Row>(sql: string, ...values: SQLInputValue[]) => prepared(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: SQLInputValue[]) => prepared(sql).all(...values) as Row[],
    run: (sql, ...values) => void prepared(sql).run(...values),
    transaction: (body) => inTransaction(database, body),
    close() {
      statements.clear();
      if (database.isOpen) {
        database.close();
      }
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
    if (database.isTransaction) {
      database.exec('ROLLBACK');
    }
    throw error;
  }
}

function unusable(where: string, error: unknown): FalconError {
  const reason = error instanceof Error ? error.message : String(error);
  const locked = /locked/.test(reason);
  return new FalconError('OPTIONS_INVALID', `store ${where}: ${locked ? 'another process has it open' : reason}`, {
    hint: locked
      ? 'End the other one, or give each a directory of its own.'
      : 'Name another directory, one that can be written.',
    cause: error,
  });
}
