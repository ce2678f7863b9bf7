import { writeSync } from 'node:fs';
import { openStore } from './open-store.ts';
import { digestOf, layerRecord, reportOf } from './store.test-support.ts';

// Started as a process of its own: writes to the state file that it is given until it is killed. What it has done it
// says after each call, never before.
const file = process.argv[2]!;
const store = openStore({ file, recipe: 'a', layerCacheBytes: 20e6, now: () => Date.now() });
const start = Date.now();
for (let index = 0; ; index++) {
  const name = `${start}-${index}`;
  const acknowledge = (what: string): unknown => writeSync(1, `${what} ${name}\n`);
  const report = reportOf(name);
  store.layers.put(digestOf(name), layerRecord(name, 500));
  acknowledge('layer');
  store.ledger.setIdentity(name, report.identity);
  acknowledge('identity');
  store.ledger.addReport(report, ['file']);
  acknowledge('report');
  const delivery = store.outbox.next('file')!;
  if (index % 2 === 0) store.outbox.delivered(delivery);
  else store.outbox.rejected(delivery, 'no');
  acknowledge(index % 2 === 0 ? 'delivered' : 'rejected');
  store.ledger.addContext(report.identity, { podName: 'later' }, ['file']);
  acknowledge('context');
  if (index % 2 === 0) store.outbox.rejected(store.outbox.next('file')!, 'no');
}
