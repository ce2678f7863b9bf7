import type { Connection } from './connection.ts';
import { StoreError } from './store-error.ts';

/** What an entry of the cache is found by. */
export interface CacheKey {
  readonly kind: 'layer' | 'config';
  readonly digest: string;
  readonly recipe: string;
}

/** What an entry holds, compressed. */
export interface CacheContent {
  readonly layer_index: Uint8Array | null;
  readonly document: Uint8Array;
}

/** The room that cached content may take: who is in it and who has to leave. */
export interface CacheSpace {
  /** Id of the entry. */
  find(key: CacheKey): number | undefined;
  /** Marks an entry as used last. */
  touch(entry: number): void;
  /**
   * Replaces what is under the key. Makes room first; all in one transaction.
   *
   * @throws StoreError, of those `TOO_LARGE` for what alone is larger than the whole space, and `DISK_FULL` where the
   *   disk is nearly full and what would go is smaller
   */
  add(key: CacheKey, content: CacheContent): void;
  remove(entry: number): void;
  /** Bytes on disk of all entries. */
  readonly bytes: number;
  /** Entries that are layers. */
  readonly layers: number;
}

/** How large the space is, and whose entries are worth most. */
export interface CacheSpaceOptions {
  /** Recipes in use; entries of others leave first. */
  readonly recipes: readonly string[];
  readonly maxBytes: number;
  /** Bytes that are free where the database is. */
  readonly diskFree: () => number;
}

interface Totals {
  readonly bytes: number;
  readonly layers: number;
  /** The last number given to a use; a count, because a clock may go back. */
  readonly used: number;
}

/** SQLite's unit of room: content in a table of its own takes whole ones. */
const pageBytes = 4096;
/** What the cache leaves free on the disk: reports matter more, and need room in the database and in its log. */
const reservedBytes = 64 * 1024 ** 2;
/** What an entry takes in its two tables and their indexes, beside its content. */
const entryBytes = 512;

const totals = `SELECT coalesce(sum(bytes), 0) AS bytes, coalesce(sum(kind = 'layer'), 0) AS layers,
  coalesce(max(used), 0) AS used FROM cache_entry`;

/** Oldest use first, but what nobody uses any more before that. */
const leaving = `SELECT id FROM (
  SELECT id, sum(bytes) OVER (ORDER BY current, used, id) - bytes AS freed_before FROM cache_entry
) WHERE freed_before < ?`;

/** @throws StoreError when the tables cannot be read, or not be trimmed to a space that became smaller */
export function createCacheSpace(
  connection: Connection,
  { recipes, maxBytes, diskFree }: CacheSpaceOptions,
): CacheSpace {
  const count = (): Totals => connection.get<Totals>(totals)!;
  const find = ({ kind, digest, recipe }: CacheKey): number | undefined =>
    connection.get<{ id: number }>(
      'SELECT id FROM cache_entry WHERE digest = ? AND kind = ? AND recipe = ?',
      digest,
      kind,
      recipe,
    )?.id;
  const remove = (entry: number): number => connection.run('DELETE FROM cache_entry WHERE id = ?', entry);
  /** Lets entries go, one after the other, as long as those before it were not enough. */
  const free = (bytes: number): void => {
    if (bytes > 0) connection.run(`DELETE FROM cache_entry WHERE id IN (${leaving})`, bytes);
  };

  connection.transaction(() => {
    const inUse = 'recipe IN (SELECT value FROM json_each(?))';
    connection.run(`UPDATE cache_entry SET current = NOT current WHERE current != (${inUse})`, JSON.stringify(recipes));
    free(count().bytes - maxBytes);
  });
  let now = count();
  const changing = (body: () => void): void => {
    now = connection.transaction(() => {
      body();
      return count();
    });
  };

  /** On a disk that is nearly full, what comes takes the room of what goes. Twice: it is first written to the log. */
  const limitFor = (bytes: number): number =>
    diskFree() < reservedBytes + 2 * bytes ? Math.min(now.bytes, maxBytes) : maxBytes;

  return {
    find,
    touch(entry) {
      now = { ...now, used: now.used + 1 };
      connection.run('UPDATE cache_entry SET used = ? WHERE id = ?', now.used, entry);
    },
    add(key, content) {
      const bytes = onDisk(content.layer_index) + onDisk(content.document) + entryBytes;
      const limit = limitFor(bytes);
      if (bytes > limit) {
        const code = limit < maxBytes ? 'DISK_FULL' : 'TOO_LARGE';
        throw new StoreError(code, `${key.digest}: ${bytes} bytes, room for ${limit} in the layer cache`);
      }
      changing(() => {
        const known = find(key);
        if (known !== undefined) remove(known);
        free(count().bytes + bytes - limit);
        insert(connection, key, content, { bytes, used: now.used + 1 });
      });
    },
    remove: (entry) => changing(() => remove(entry)),
    get bytes() {
      return now.bytes;
    },
    get layers() {
      return now.layers;
    },
  };
}

function insert(
  connection: Connection,
  { kind, digest, recipe }: CacheKey,
  { layer_index, document }: CacheContent,
  { bytes, used }: Pick<Totals, 'bytes' | 'used'>,
): void {
  const { id } = connection.get<{ id: number }>(
    'INSERT INTO cache_entry (kind, digest, recipe, bytes, current, used) VALUES (?, ?, ?, ?, 1, ?) RETURNING id',
    ...[kind, digest, recipe, bytes, used],
  )!;
  connection.run('INSERT INTO cache_content VALUES (?, ?, ?)', id, layer_index, document);
}

function onDisk(content: Uint8Array | null): number {
  if (content === null) return 0;
  // Small content shares its page with others.
  return content.byteLength < pageBytes / 2
    ? content.byteLength
    : Math.ceil(content.byteLength / pageBytes) * pageBytes;
}
