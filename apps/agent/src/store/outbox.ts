import { type Inventory, inventorySchema } from '@falcon-iar/sbom';
import { decompressJson } from './compressed.ts';
import type { Connection } from './connection.ts';
import { readImageContexts } from './image-contexts.ts';
import { maxErrorLength } from './image-ledger.ts';
import type { StoredReport } from './report.ts';
import { StoreError } from './store-error.ts';
import type { OnStoreProblem } from './store-problem.ts';

/** One thing to send to one sink. */
export interface PendingDelivery {
  readonly id: number;
  readonly sink: string;
  /** How often it was sent in vain. */
  readonly attempts: number;
  /** `extension`: the sink has the report, and is to learn of more contexts. */
  readonly kind: 'report' | 'extension';
  readonly identity: string;
  /** How many contexts `report()` has: contexts that come while it is under way leave an extension to be sent. */
  readonly revision: number;
  /** As it was when the delivery was taken from the outbox. */
  report(): StoredReport;
}

/**
 * What waits to be sent. A delivery stays in it until it is answered for, so a sink takes one at a time. An answer for a
 * delivery that is gone, because a newer report came in its place or because of another cluster, changes nothing.
 */
export interface Outbox {
  /** What is due for this sink, longest due first. */
  next(sink: string): PendingDelivery | undefined;
  /** When the earliest one gets due or got so, milliseconds since the epoch. */
  nextDue(sink: string): number | undefined;
  delivered(delivery: PendingDelivery): void;
  /** @param until - Milliseconds since the epoch. */
  postponed(delivery: PendingDelivery, error: string, until: number): void;
  /** The sink will never take it: a report is not sent again; after an extension the sink still has the report. */
  rejected(delivery: PendingDelivery, error: string): void;
  /** How many wait, due or not. */
  pending(sink: string): number;
  /** When the oldest one that waits was added, milliseconds since the epoch. */
  oldest(sink: string): number | undefined;
}

/** What an outbox is kept by. */
export interface OutboxOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onProblem: OnStoreProblem;
}

interface DueRow {
  readonly id: number;
  readonly attempts: number;
  readonly kind: PendingDelivery['kind'];
  readonly image: number;
  readonly identity: string;
  readonly revision: number;
  readonly omitted: number;
  readonly reference: string;
  readonly collectedAt: string;
  readonly scanId: string;
}

const selectDue = `SELECT delivery.id, attempts, kind, image.id AS image, identity, revision, omitted, reference,
    collected_at AS collectedAt, scan_id AS scanId
  FROM delivery JOIN report ON report.image = delivery.image JOIN image ON image.id = delivery.image
  WHERE sink = ? AND state = 'pending' AND due <= ? ORDER BY due, delivery.id LIMIT 1`;

/** The part of an answer that is the same for a delivery and a rejection. */
const settled = "attempts = 0, error = ? WHERE id = ? AND state = 'pending' RETURNING image";

/** The outbox in its tables. */
export function createOutbox(connection: Connection, { now, onProblem }: OutboxOptions): Outbox {
  const waiting = <Value>(what: string, sink: string): Value =>
    connection.get<{ value: Value }>(
      `SELECT ${what} AS value FROM delivery WHERE sink = ? AND state = 'pending'`,
      sink,
    )!.value;
  const settle = (sql: string, ...values: (string | number | null)[]): void =>
    connection.transaction(() => {
      const image = connection.get<{ image: number }>(sql, ...values)?.image;
      if (image !== undefined) dropInventories(connection, image);
    });
  return {
    next(sink) {
      for (;;) {
        const row = connection.get<DueRow>(selectDue, sink, now());
        if (row === undefined) return undefined;
        const report = readReport(connection, row, onProblem);
        if (report === undefined) continue;
        const { id, attempts, kind, identity } = row;
        return { id, sink, attempts, kind, identity, revision: report.contexts.length, report: () => report };
      }
    },
    nextDue: (sink) => waiting<number | null>('min(due)', sink) ?? undefined,
    delivered: ({ id, revision }) =>
      settle(
        `UPDATE delivery SET state = iif(wanted > ?, 'pending', 'delivered'), kind = 'extension', added = ?, due = ?,
          ${settled}`,
        ...[revision, now(), now(), null, id],
      ),
    postponed({ id }, error, until) {
      const update = `UPDATE delivery SET due = ?, attempts = attempts + 1, error = ? WHERE id = ? AND state = 'pending'`;
      connection.run(update, Math.ceil(until), error.slice(0, maxErrorLength), id);
    },
    rejected: ({ id, kind }, error) =>
      settle(
        `UPDATE delivery SET state = ?, ${settled}`,
        ...[kind === 'report' ? 'rejected' : 'delivered', error.slice(0, maxErrorLength), id],
      ),
    pending: (sink) => waiting<number>('count(*)', sink),
    oldest: (sink) => waiting<number | null>('min(added)', sink) ?? undefined,
  };
}

/** Forgets inventories, or one, that no delivery needs any more. Within a transaction. */
export function dropInventories(connection: Connection, image?: number): void {
  const unneeded = `DELETE FROM report_inventory WHERE NOT EXISTS (
    SELECT 1 FROM delivery
    WHERE delivery.image = report_inventory.image AND state = 'pending' AND kind = 'report')`;
  if (image === undefined) connection.run(unneeded);
  else connection.run(`${unneeded} AND image = ?`, image);
}

/** Undefined where it is damaged; the image is then forgotten. */
function readReport(connection: Connection, row: DueRow, onProblem: OnStoreProblem): StoredReport | undefined {
  const { image, kind, identity, reference, collectedAt, scanId } = row;
  try {
    const inventory = kind === 'report' ? { inventory: readInventory(connection, image) } : {};
    const contexts = readImageContexts(connection, image);
    return { identity, reference, collectedAt, scanId, ...inventory, contexts, contextsOmitted: row.omitted };
  } catch (error) {
    // A disk that fails just now says nothing of the content.
    if (!(error instanceof Error) || (error instanceof StoreError && error.code !== 'CORRUPT')) throw error;
    connection.run('DELETE FROM image WHERE id = ?', image);
    onProblem({ kind: 'unreadable-report', subject: identity, error });
    return undefined;
  }
}

function readInventory(connection: Connection, image: number): Inventory {
  const select = 'SELECT content FROM report_inventory WHERE image = ?';
  const stored = connection.get<{ content: Uint8Array }>(select, image);
  if (stored === undefined) throw new Error('the inventory is missing');
  const inventory = decompressJson(stored.content) as Inventory;
  if (inventory.schema !== inventorySchema) throw new Error(`an inventory in form ${inventory.schema}`);
  return inventory;
}
