import type { WorkloadContext } from '../workload/workload-context.ts';
import { compressJson } from './compressed.ts';
import type { Connection } from './connection.ts';
import { addImageContext, findImage, type ImageRow, obtainImage, readImageContexts } from './image-contexts.ts';
import type { NewReport } from './report.ts';

/** What runs, as the runtime tells it: made by the caller of the running digest and the platform. */
export type RunningKey = string;

/** Where an image was seen. */
export interface ImageContexts {
  /** First seen first. */
  readonly contexts: readonly WorkloadContext[];
  /** How many more there were than are kept. */
  readonly omitted: number;
}

/** Why an image has no report, and when to try again. */
export interface ImageFailure {
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly nextAttempt: number;
}

/** What is known of the images that ran. Every method that changes something is one transaction. */
export interface ImageLedger {
  /** Identity of the image that runs, where it was resolved before. */
  identityOf(running: RunningKey): string | undefined;
  setIdentity(running: RunningKey, identity: string): void;
  /**
   * Whether a report by this recipe exists with a delivery, pending, delivered or rejected, for every one of the sinks.
   */
  isReported(identity: string, sinks: readonly string[]): boolean;
  /**
   * Adds a report in place of any older one of the identity. Deliveries to these sinks that are new, or were of another
   * recipe, become pending.
   *
   * @param extendable - As for {@link addContext}: of the sinks that have the report already.
   * @throws StoreError, of those `DISK_FULL` with `retryable`; then nothing was changed
   */
  addReport(report: NewReport, sinks: readonly string[], extendable?: readonly string[]): void;
  /**
   * Notes where an image was seen, before its report or after; true where that was not known. 1000 contexts are kept
   * for an image and 9000 more are counted.
   *
   * @param extendable - Sinks that take contexts after a report. Those that have the report get an extension; a report
   *   that still waits will have the context in it.
   */
  addContext(identity: string, context: WorkloadContext, extendable: readonly string[]): boolean;
  contexts(identity: string): ImageContexts;
  failure(running: RunningKey): ImageFailure | undefined;
  setFailure(running: RunningKey, failure: ImageFailure): void;
  clearFailure(running: RunningKey): void;
}

/** What a ledger is kept by. */
export interface ImageLedgerOptions {
  /** Reports of another recipe count as absent. */
  readonly recipe: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Longest text of an error that is kept, UTF-16 units. */
export const maxErrorLength = 1000;
/** How old the note of when a running image was seen may be, ms. */
const seenPrecision = 24 * 3600_000;

/** The ledger in its tables. */
export function createImageLedger(connection: Connection, { recipe, now }: ImageLedgerOptions): ImageLedger {
  return {
    ...resolutions(connection, now),
    ...failures(connection),
    isReported: (identity, sinks) =>
      connection.get(isReportedSql, JSON.stringify(sinks), recipe, identity, recipe) !== undefined,
    addReport(report, sinks, extendable = []) {
      // Before the transaction: it takes longest.
      const inventory = compressJson(report.inventory);
      connection.transaction(() => {
        const image = obtainImage(connection, report.identity, now());
        const outcome = addImageContext(connection, image, report.context);
        if (outcome === 'kept') extendDeliveries(connection, image, { sinks: extendable, now: now() });
        replaceReport(connection, image, report, recipe);
        addDeliveries(connection, image, { recipe, sinks, now: now() });
        const isNeeded = connection.get(reportIsPending, image.id) !== undefined;
        if (isNeeded) connection.run('INSERT OR REPLACE INTO report_inventory VALUES (?, ?)', image.id, inventory);
      });
    },
    addContext: (identity, context, extendable) =>
      connection.transaction(() => {
        const image = obtainImage(connection, identity, now());
        const outcome = addImageContext(connection, image, context);
        if (outcome === 'kept') extendDeliveries(connection, image, { sinks: extendable, now: now() });
        return outcome !== 'known';
      }),
    contexts(identity) {
      const image = findImage(connection, identity);
      if (image === undefined) return { contexts: [], omitted: 0 };
      return { contexts: readImageContexts(connection, image.id), omitted: image.omitted };
    },
  };
}

const isReportedSql = `SELECT 1 FROM image JOIN report ON report.image = image.id
  WHERE NOT EXISTS (
    SELECT 1 FROM json_each(?) sink WHERE NOT EXISTS (
      SELECT 1 FROM delivery WHERE image = report.image AND sink = sink.value AND recipe = ?))
  AND identity = ? AND recipe = ?`;

const reportIsPending = "SELECT 1 FROM delivery WHERE image = ? AND state = 'pending' AND kind = 'report' LIMIT 1";

function resolutions(connection: Connection, now: () => number): Pick<ImageLedger, 'identityOf' | 'setIdentity'> {
  const setIdentity = (running: RunningKey, identity: string): void =>
    void connection.run('INSERT OR REPLACE INTO resolution VALUES (?, ?, ?)', running, identity, now());
  return {
    setIdentity,
    identityOf(running) {
      const select = 'SELECT identity, seen FROM resolution WHERE running = ?';
      const found = connection.get<{ identity: string; seen: number }>(select, running);
      if (found === undefined) return undefined;
      if (now() - found.seen > seenPrecision) setIdentity(running, found.identity);
      return found.identity;
    },
  };
}

function failures(connection: Connection): Pick<ImageLedger, 'failure' | 'setFailure' | 'clearFailure'> {
  const select = 'SELECT code, reason, attempts, next_attempt AS nextAttempt FROM failure WHERE running = ?';
  return {
    failure(running) {
      const row = connection.get<ImageFailure>(select, running);
      return row && { ...row };
    },
    setFailure(running, { code, reason, attempts, nextAttempt }) {
      const short = reason.slice(0, maxErrorLength);
      const insert = 'INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?, ?)';
      connection.run(insert, running, code, short, attempts, Math.ceil(nextAttempt));
    },
    clearFailure: (running) => void connection.run('DELETE FROM failure WHERE running = ?', running),
  };
}

function replaceReport(connection: Connection, image: ImageRow, report: NewReport, recipe: string): void {
  // Not REPLACE, which would take the deliveries away with the older report.
  connection.run(
    `INSERT INTO report VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      recipe = excluded.recipe, reference = excluded.reference, collected_at = excluded.collected_at,
      scan_id = excluded.scan_id`,
    image.id,
    recipe,
    report.reference,
    report.collectedAt,
    report.scanId,
  );
}

interface NewDeliveries {
  readonly recipe: string;
  readonly sinks: readonly string[];
  readonly now: number;
}

function addDeliveries(connection: Connection, image: ImageRow, { recipe, sinks, now }: NewDeliveries): void {
  const list = JSON.stringify(sinks);
  // Deleted, not changed: an answer to the older report must not count for this one.
  connection.run(
    'DELETE FROM delivery WHERE image = ? AND recipe != ? AND sink IN (SELECT value FROM json_each(?))',
    image.id,
    recipe,
    list,
  );
  connection.run(
    `INSERT OR IGNORE INTO delivery (image, sink, recipe, state, kind, wanted, added, due, attempts)
      SELECT ?, value, ?, 'pending', 'report', 0, ?, ?, 0 FROM json_each(?)`,
    image.id,
    recipe,
    now,
    now,
    list,
  );
}

/** What was delivered becomes an extension; what waits only needs to know what it lacks if it is under way just now. */
function extendDeliveries(
  connection: Connection,
  image: ImageRow,
  { sinks, now }: Omit<NewDeliveries, 'recipe'>,
): void {
  const list = JSON.stringify(sinks);
  connection.run(
    `UPDATE delivery SET wanted = ? WHERE image = ? AND state != 'rejected'
      AND sink IN (SELECT value FROM json_each(?))`,
    image.revision + 1,
    image.id,
    list,
  );
  connection.run(
    `UPDATE delivery SET state = 'pending', kind = 'extension', added = ?, due = ?, attempts = 0
      WHERE image = ? AND state = 'delivered' AND sink IN (SELECT value FROM json_each(?))`,
    now,
    now,
    image.id,
    list,
  );
}
