import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Connection } from './connection.ts';
import { createImageLedger, type ImageLedger } from './image-ledger.ts';
import { createLayerCache, type LayerCache } from './layer-cache.ts';
import { closeDatabase, openDatabase } from './open-database.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { secretKeyOf } from './secret-key.ts';
import type { OnStoreProblem } from './store-problem.ts';
import { type SweepResult, sweep } from './sweep.ts';

/** What a {@link Store} is opened with. */
export interface OpenStoreOptions {
  /** Path of the state file; it and its directory are made. Absent: in memory, gone at the end. */
  readonly file?: string;
  /** What layers' facts and reports depend on besides the image: catalogers with versions and options. */
  readonly recipe: string;
  /** Bytes that what was read of layers may take; 0 keeps none. */
  readonly layerCacheBytes: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of what was lost without harm to reports. */
  readonly onProblem?: OnStoreProblem;
}

/**
 * What the agent remembers: one SQLite file for one process at a time. What a method changed is there after the process
 * was killed at any moment afterwards. Every method may throw `StoreError`, but those of `layers`.
 */
export interface Store extends Disposable {
  readonly layers: LayerCache;
  readonly ledger: ImageLedger;
  readonly outbox: Outbox;
  /** Under which secret candidates are hashed: 32 bytes, as old as the state file. */
  readonly secretKey: Uint8Array;
  /** What people should know about the opening, such as that a damaged file was moved aside. Sentences for the log. */
  readonly notices: readonly string[];
  /** Forgets images, reports, deliveries and failures when they are of another cluster; layers stay. */
  useCluster(id: string): void;
  /**
   * Lets go of what nobody will ask for again. For the start and then once a day.
   *
   * @param sinks - Those that are configured.
   */
  sweep(sinks: readonly string[]): SweepResult;
  /** May be called twice. */
  close(): void;
}

/**
 * Opens the agent's memory.
 *
 * @throws StoreError `LOCKED`, `VERSION_NEWER`, `UNUSABLE`, `DISK_FULL`, `IO_FAILED`
 */
export function openStore(options: OpenStoreOptions): Store {
  const { file, recipe, layerCacheBytes, now, onProblem = () => undefined } = options;
  const { connection, notices } = openDatabase(file, now);
  const close = (): void => closeDatabase(connection);
  try {
    const diskFree = (): number => (file === undefined ? Number.POSITIVE_INFINITY : freeBytes(file));
    const layers = createLayerCache(connection, { recipe, maxBytes: layerCacheBytes, diskFree, onProblem });
    giveBackRoom(connection);
    return {
      layers,
      ledger: createImageLedger(connection, { recipe, now }),
      outbox: createOutbox(connection, { now, onProblem }),
      secretKey: secretKeyOf(connection),
      notices,
      useCluster: (id) => useCluster(connection, id),
      sweep: (sinks) => sweep(connection, sinks, now()),
      close,
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function freeBytes(file: string): number {
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize;
}

/** A cache that was made much smaller leaves room that only then goes back to the file system. */
function giveBackRoom(connection: Connection): void {
  const pages = connection.get<{ free: number; total: number }>(
    'SELECT freelist_count AS free, page_count AS total FROM pragma_freelist_count, pragma_page_count',
  );
  if (pages && pages.free > pages.total / 2) connection.exec('PRAGMA incremental_vacuum');
}

function useCluster(connection: Connection, id: string): void {
  connection.transaction(() => {
    const known = connection.get<{ value: string }>("SELECT value FROM meta WHERE key = 'cluster'")?.value;
    if (known === id) return;
    connection.exec('DELETE FROM image; DELETE FROM resolution; DELETE FROM failure');
    connection.run("INSERT OR REPLACE INTO meta VALUES ('cluster', ?)", id);
  });
}
