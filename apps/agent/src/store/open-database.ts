import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Connection, connect } from './connection.ts';
import { applicationId, migrate, readVersion, smallTables } from './schema.ts';
import { StoreError } from './store-error.ts';

/** Files that SQLite keeps beside the database; they belong to it wherever it goes. */
const companions = ['-wal', '-shm'];
/** Bytes that the write-ahead log keeps between checkpoints. */
const journalBytes = 16 * 1024 ** 2;

/** A database that is ready, and what people should know about its opening. */
export interface OpenDatabase {
  readonly connection: Connection;
  /** Sentences for the log, such as that a damaged file was moved aside. */
  readonly notices: readonly string[];
}

/**
 * Opens or makes a state file for this process alone.
 *
 * A file that is damaged or not ours is moved aside to `FILE.corrupt-TIME`, of which the newest is kept.
 *
 * @param file - Absent: in memory.
 * @param now - Milliseconds since the epoch, for the name of a file moved aside.
 * @throws StoreError `LOCKED`, `VERSION_NEWER`, `UNUSABLE`, `DISK_FULL`, `IO_FAILED`
 */
export function openDatabase(file: string | undefined, now: () => number): OpenDatabase {
  if (file === undefined) return { connection: openMemory(), notices: [] };
  createFile(file);
  try {
    return { connection: openFile(file), notices: [] };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'CORRUPT') throw error;
    const aside = moveAside(file, now());
    const damage = error.message.replace('[CORRUPT] ', '');
    const notice = `${damage}; moved to ${aside} and began a new one, so images are read and reported once more`;
    createFile(file);
    return { connection: openFile(file), notices: [notice] };
  }
}

/** Whether a file kept its log when it was closed the last time, which it does not after a proper end. */
function endedAbruptly(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function openMemory(): Connection {
  const connection = connect(':memory:');
  migrate(connection);
  return connection;
}

function openFile(file: string): Connection {
  const wholeCheck = endedAbruptly(file);
  const connection = connect(file);
  try {
    // Held from the first access until the end. It also spares the shared memory file, which not every volume can have.
    connection.exec('PRAGMA locking_mode = EXCLUSIVE');
    checkOwner(connection, file);
    const version = readVersion(connection, `state file ${file}`);
    // NORMAL: survives the end of this process at any moment; after a power failure the last commits may be missing.
    connection.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = ${journalBytes}`);
    migrate(connection, version);
    checkContent(connection, file, wholeCheck);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function checkOwner(connection: Connection, file: string): void {
  const owner = connection.get<{ application_id: number }>('PRAGMA application_id')?.application_id;
  if (owner === applicationId) return;
  const tables = connection.get<{ tables: number }>('SELECT count(*) AS tables FROM sqlite_schema')?.tables;
  if (owner !== 0 || tables !== 0) throw new StoreError('CORRUPT', `state file ${file}: the file of another program`);
}

/** The layer cache can have gigabytes: it is looked through only when there is a reason to. */
function checkContent(connection: Connection, file: string, wholeCheck: boolean): void {
  const present = connection.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'");
  const missing = smallTables.filter((table) => !present.some(({ name }) => name === table));
  if (missing.length > 0) throw new StoreError('CORRUPT', `state file ${file}: tables are missing: ${missing}`);
  const isSuspect = connection.get("SELECT 1 FROM meta WHERE key = 'suspect'") !== undefined;
  const checks =
    wholeCheck || isSuspect ? ['PRAGMA quick_check(1)'] : smallTables.map((table) => `PRAGMA quick_check(${table})`);
  for (const check of checks) {
    const found = connection.get<{ quick_check: string }>(check)?.quick_check;
    if (found !== 'ok') throw new StoreError('CORRUPT', `state file ${file}: damaged: ${found}`);
  }
  if (isSuspect) connection.run("DELETE FROM meta WHERE key = 'suspect'");
}

/**
 * Closes a database; one that was found damaged while it was open is looked through when it is opened again.
 *
 * @throws StoreError
 */
export function closeDatabase(connection: Connection): void {
  try {
    if (connection.sawCorruption) connection.run("INSERT OR REPLACE INTO meta VALUES ('suspect', '1')");
  } catch (error) {
    // Where even this row cannot be written, one of the tables is damaged that every opening looks through.
    if (!(error instanceof StoreError)) throw error;
  } finally {
    connection.close();
  }
}

/** Nobody else may read where which image runs. */
function createFile(file: string): void {
  const { R_OK, W_OK } = constants;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) {
      accessSync(file, R_OK | W_OK);
      accessSync(dirname(file), W_OK);
    } else {
      // Never opened where it exists: closing it again would let go of the locks of whoever has it open in this process.
      closeSync(openSync(file, 'wx', 0o600));
    }
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Where the damaged file went. Only the newest is kept: on a bad disk they would fill it. */
function moveAside(file: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(':', '-');
  const prefix = `${basename(file)}.corrupt-`;
  const aside = join(dirname(file), prefix + time);
  try {
    for (const name of readdirSync(dirname(file))) {
      if (name.startsWith(prefix)) rmSync(join(dirname(file), name));
    }
    // The log first: it must not be taken for that of the new file.
    for (const suffix of companions) {
      if (statSync(file + suffix, { throwIfNoEntry: false })) renameSync(file + suffix, aside + suffix);
    }
    renameSync(file, aside);
    return aside;
  } catch (error) {
    throw fileError(error, file);
  }
}

function fileError(error: unknown, file: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined) return error;
  const meaning = code === 'ENOSPC' || code === 'EDQUOT' ? 'DISK_FULL' : code === 'EIO' ? 'IO_FAILED' : 'UNUSABLE';
  return new StoreError(meaning, `state file ${file}: ${code}`, { cause: error });
}
