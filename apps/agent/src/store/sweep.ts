import type { Connection } from './connection.ts';
import { dropInventories } from './outbox.ts';

const day = 24 * 3600_000;
/** How long a delivery waits for a sink that is configured no longer, ms. */
const abandonedAfter = 30 * day;
/** How long an image is remembered that nobody has seen, ms. */
const forgottenAfter = 90 * day;

/** What a sweep took away. */
export interface SweepResult {
  /** Deliveries that waited for more than 30 days for sinks that are configured no longer. */
  readonly abandonedDeliveries: number;
  /** Images that were not seen for 90 days and that nothing waits for. */
  readonly forgottenImages: number;
}

/**
 * Lets go of what nobody will ask for again, so that the ledger does not grow for ever.
 *
 * @param sinks - Those that are configured.
 * @param now - Milliseconds since the epoch.
 * @throws StoreError
 */
export function sweep(connection: Connection, sinks: readonly string[], now: number): SweepResult {
  return connection.transaction(() => {
    const abandonedDeliveries = connection.run(
      `DELETE FROM delivery WHERE state = 'pending' AND added < ? AND sink NOT IN (SELECT value FROM json_each(?))`,
      now - abandonedAfter,
      JSON.stringify(sinks),
    );
    if (abandonedDeliveries > 0) dropInventories(connection);
    const before = now - forgottenAfter;
    connection.run('DELETE FROM failure WHERE next_attempt < ?', before);
    connection.run('DELETE FROM resolution WHERE seen < ?', before);
    const forgottenImages = connection.run(
      `DELETE FROM image WHERE seen < ?
        AND NOT EXISTS (SELECT 1 FROM resolution WHERE resolution.identity = image.identity)
        AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.image = image.id AND state = 'pending')`,
      before,
    );
    return { abandonedDeliveries, forgottenImages };
  });
}
