import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore, type Store } from './open-store.ts';
import { startWriter } from './start-writer.test-support.ts';
import { digestOf, layerRecord, reportOf } from './store.test-support.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'iar-kill-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What must hold once a thing was acknowledged. */
const checks: Readonly<Record<string, (store: Store, name: string) => void>> = {
  layer: (store, name) => expect(store.layers.get(digestOf(name))).toEqual(layerRecord(name, 500)),
  identity: (store, name) => expect(store.ledger.identityOf(name)).toBe(reportOf(name).identity),
  report: (store, name) => expect(store.ledger.isReported(reportOf(name).identity, ['file'])).toBe(true),
  delivered: () => undefined,
  rejected: () => undefined,
  context: (store, name) => expect(store.ledger.contexts(reportOf(name).identity).contexts).toHaveLength(2),
};

it('has everything it acknowledged after its process was killed at any moment', { timeout: 60_000 }, async () => {
  const file = join(directory, 'iar.db');
  for (let round = 0; round < 4; round++) {
    const writer = await startWriter(file);
    await sleep(Math.random() * 150);
    await writer.kill();
    const said = writer.acknowledged.map((line) => line.split(' ') as [string, string]);
    const done = new Set(writer.acknowledged);
    using store = openStore({ file, recipe: 'a', layerCacheBytes: 20e6, now: () => Date.now() });
    expect(store.notices).toEqual([]);
    // The cache lets the oldest go; the last ones must be there.
    for (const [what, name] of said.slice(-100)) checks[what]!(store, name);
    // What was answered for is not sent again: at most the one under way when the end came.
    expect(store.outbox.pending('file')).toBeLessThanOrEqual(1);
    const waiting = store.outbox.next('file');
    if (waiting?.kind === 'report') {
      const { scanId, inventory } = waiting.report();
      const name = scanId.split(' ')[0]!;
      expect(inventory).toEqual(reportOf(name).inventory);
      expect(done).not.toContain(`delivered ${name}`);
      store.outbox.delivered(waiting);
    } else if (waiting) store.outbox.delivered(waiting);
    expect(said.length).toBeGreaterThan(0);
  }
});
