import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The two files of a database as they lie on a disk while somebody has it open. */
export interface SqliteFiles {
  readonly database: Buffer;
  readonly wal: Buffer;
}

/**
 * Has SQLite itself write an `rpmdb.sqlite`.
 *
 * @param statements - Run one after the other; what is committed after the last checkpoint lies in the log alone.
 */
export function writeSqlite(statements: (database: DatabaseSync) => void, pageBytes = 4096): SqliteFiles {
  const directory = mkdtempSync(join(tmpdir(), 'falcon-iar-rpmdb-'));
  const path = join(directory, 'rpmdb.sqlite');
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA page_size = ${pageBytes}`);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA wal_autocheckpoint = 0');
    statements(database);
    return { database: readFileSync(path), wal: readFileSync(`${path}-wal`) };
  } finally {
    database.close();
    rmSync(directory, { recursive: true });
  }
}

/** The tables of rpm, with some of its indexes. */
export function createRpmTables(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE IF NOT EXISTS 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL,
      FOREIGN KEY (hnum) REFERENCES 'Packages'(hnum));
    CREATE INDEX IF NOT EXISTS 'Name_key_idx' ON 'Name'(key ASC);
  `);
}

/** Adds packages, all in one transaction. */
export function insertHeaders(database: DatabaseSync, headers: Iterable<Uint8Array>): void {
  const insert = database.prepare("INSERT INTO 'Packages' (blob) VALUES (?)");
  database.exec('BEGIN');
  for (const header of headers) insert.run(header);
  database.exec('COMMIT');
}

/** Moves everything from the log into the database. */
export function checkpoint(database: DatabaseSync): void {
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}
