import type { Connection } from './connection.ts';
import { StoreError } from './store-error.ts';

/** Marks an SQLite file as a state file of iar: `IARS`. */
export const applicationId = 0x49415253;

/** The tables that are small, so that they can be looked through whenever the file is opened. */
export const smallTables: readonly string[] = [
  'meta',
  'cache_entry',
  'resolution',
  'failure',
  'image',
  'context',
  'report',
  'delivery',
];

/** Times are milliseconds since the epoch. Large content has tables of its own: changing a row rewrites all of it. */
const first = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- What was read of layers and configs. 'current' = 0: of another recipe than the present one; goes first.
CREATE TABLE cache_entry (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('layer', 'config')),
  digest TEXT NOT NULL,
  recipe TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  current INTEGER NOT NULL,
  used INTEGER NOT NULL,
  UNIQUE (digest, kind, recipe)
) STRICT;
CREATE INDEX cache_entry_eviction ON cache_entry (current, used);
CREATE TABLE cache_content (
  entry INTEGER PRIMARY KEY REFERENCES cache_entry ON DELETE CASCADE,
  layer_index BLOB,
  document BLOB NOT NULL
) STRICT;

CREATE TABLE resolution (
  running TEXT PRIMARY KEY, identity TEXT NOT NULL, seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX resolution_identity ON resolution (identity);
CREATE TABLE failure (
  running TEXT PRIMARY KEY,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- 'revision' counts the contexts that are kept, 'omitted' those of which only the hash is.
CREATE TABLE image (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  identity TEXT NOT NULL UNIQUE,
  seen INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  omitted INTEGER NOT NULL
) STRICT;
CREATE TABLE context (
  id INTEGER PRIMARY KEY,
  image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
  hash BLOB NOT NULL,
  content TEXT,
  UNIQUE (image, hash)
) STRICT;
CREATE TABLE report (
  image INTEGER PRIMARY KEY REFERENCES image ON DELETE CASCADE,
  recipe TEXT NOT NULL,
  reference TEXT NOT NULL,
  collected_at TEXT NOT NULL,
  scan_id TEXT NOT NULL
) STRICT;
CREATE TABLE report_inventory (
  image INTEGER PRIMARY KEY REFERENCES report ON DELETE CASCADE,
  content BLOB NOT NULL
) STRICT;

-- An id is never used again: what comes back from a sink then belongs to this delivery or to none.
-- 'wanted' is the image's revision that the sink is to get.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
  sink TEXT NOT NULL,
  recipe TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'rejected')),
  kind TEXT NOT NULL CHECK (kind IN ('report', 'extension')),
  wanted INTEGER NOT NULL,
  added INTEGER NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT,
  UNIQUE (image, sink)
) STRICT;
CREATE INDEX delivery_due ON delivery (sink, due, id) WHERE state = 'pending';
`;

/** Each leads from the version of its position to the next. What was released is never edited. */
export const migrations: readonly string[] = [first];

/**
 * The version of a file's schema; 0 for a new one.
 *
 * @param where - Names the file in messages.
 * @throws StoreError `VERSION_NEWER` for a file of a later iar; it is not touched
 */
export function readVersion(connection: Connection, where: string): number {
  const version = connection.get<{ user_version: number }>('PRAGMA user_version')!.user_version;
  if (version <= migrations.length) return version;
  const message = `${where}: written by a newer iar, in version ${version}; this one knows versions up to ${migrations.length}`;
  throw new StoreError('VERSION_NEWER', message);
}

/** Brings the schema from a version to the newest one, in one transaction. */
export function migrate(connection: Connection, from = 0): void {
  if (from === migrations.length) return;
  connection.transaction(() => {
    for (const step of migrations.slice(from)) connection.exec(step);
    connection.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
  });
}
