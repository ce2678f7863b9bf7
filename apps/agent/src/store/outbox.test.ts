import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Connection, connect } from './connection.ts';
import { createImageLedger, type ImageLedger } from './image-ledger.ts';
import { createOutbox, type Outbox, type PendingDelivery } from './outbox.ts';
import { migrate } from './schema.ts';
import { reportOf } from './store.test-support.ts';
import type { StoreProblem } from './store-problem.ts';

let connection: Connection;
let time: number;
let ledger: ImageLedger;
let outbox: Outbox;
let problems: StoreProblem[];
function reset(): void {
  connection = connect(':memory:');
  migrate(connection);
  time = 1_000_000;
  problems = [];
  const now = () => time;
  ledger = createImageLedger(connection, { recipe: 'a', now });
  outbox = createOutbox(connection, { now, onProblem: (problem) => problems.push(problem) });
}
beforeEach(reset);
const [first, second] = [reportOf('first'), reportOf('second')];
const inventories = () => connection.all('SELECT image FROM report_inventory').length;

describe('createOutbox', () => {
  it('gives each sink what it has to send, oldest first', () => {
    ledger.addReport(first, ['file', 'falcon']);
    time += 5;
    ledger.addReport(second, ['file']);
    expect(outbox.next('file')).toMatchObject({ sink: 'file', kind: 'report', attempts: 0, identity: first.identity });
    expect(outbox.next('file')?.report()).toEqual({
      identity: first.identity,
      reference: first.reference,
      collectedAt: first.collectedAt,
      scanId: first.scanId,
      inventory: first.inventory,
      contexts: [first.context],
      contextsOmitted: 0,
    });
    outbox.delivered(outbox.next('file')!);
    expect(outbox.next('file')?.identity).toBe(second.identity);
    expect([outbox.pending('file'), outbox.pending('falcon'), outbox.pending('other')]).toEqual([1, 1, 0]);
    expect([outbox.oldest('file'), outbox.oldest('falcon'), outbox.oldest('other')]).toEqual([
      ...[1_000_005, 1_000_000, undefined],
    ]);
    expect(outbox.next('other')).toBeUndefined();
  });

  it('waits with what was postponed, and sends the others meanwhile', () => {
    ledger.addReport(first, ['file']);
    ledger.addReport(second, ['file']);
    outbox.postponed(outbox.next('file')!, 'HTTP 503', time + 99.5);
    expect(outbox.next('file')?.identity).toBe(second.identity);
    outbox.delivered(outbox.next('file')!);
    expect(outbox.next('file')).toBeUndefined();
    expect([outbox.nextDue('file'), outbox.nextDue('other')]).toEqual([time + 100, undefined]);
    expect([outbox.pending('file'), outbox.oldest('file')]).toEqual([1, time]);
    time += 100;
    expect(outbox.next('file')).toMatchObject({ identity: first.identity, attempts: 1 });
  });

  it('drops an inventory when the last one who waits for it has it', () => {
    ledger.addReport(first, ['file', 'falcon', 'other']);
    outbox.delivered(outbox.next('file')!);
    outbox.postponed(outbox.next('falcon')!, 'later', time);
    outbox.rejected(outbox.next('other')!, 'no');
    expect(inventories()).toBe(1);
    outbox.delivered(outbox.next('falcon')!);
    expect(inventories()).toBe(0);
    ledger.addContext(first.identity, { podName: 'new' }, ['file']);
    expect(inventories()).toBe(0);
  });

  it('sends a rejected report never again', () => {
    ledger.addReport(first, ['file']);
    outbox.rejected(outbox.next('file')!, 'e'.repeat(5000));
    expect([outbox.next('file'), outbox.pending('file'), outbox.nextDue('file')]).toEqual([undefined, 0, undefined]);
    expect(connection.get('SELECT length(error) AS length FROM delivery')).toEqual({ length: 1000 });
  });

  it('sends later contexts after a rejected extension', () => {
    ledger.addReport(first, ['file']);
    outbox.delivered(outbox.next('file')!);
    ledger.addContext(first.identity, { podName: 'one' }, ['file']);
    outbox.rejected(outbox.next('file')!, 'no');
    expect(outbox.next('file')).toBeUndefined();
    ledger.addContext(first.identity, { podName: 'two' }, ['file']);
    expect(outbox.next('file')?.report().contexts).toHaveLength(3);
  });

  it.each([
    ['damaged', "UPDATE report_inventory SET content = x'00' WHERE image = 1"],
    ['missing', 'DELETE FROM report_inventory WHERE image = 1'],
  ])('forgets an image whose inventory is %s, and goes on', (_, damage) => {
    ledger.addReport(first, ['file', 'falcon']);
    ledger.addReport(second, ['file']);
    connection.exec(damage);
    expect(outbox.next('file')?.identity).toBe(second.identity);
    expect(problems).toMatchObject([{ kind: 'unreadable-report', subject: first.identity }]);
    expect(ledger.isReported(first.identity, [])).toBe(false);
    expect([outbox.pending('falcon'), outbox.pending('file')]).toEqual([0, 1]);
  });

  it('forgets an inventory in a form it does not know', () => {
    const inventory = { ...first.inventory, schema: 'falcon-iar/inventory/0' as typeof first.inventory.schema };
    ledger.addReport({ ...first, inventory }, ['file']);
    expect(outbox.next('file')).toBeUndefined();
    expect(problems.map(({ error }) => error.message)).toEqual(['an inventory in form falcon-iar/inventory/0']);
  });
});

interface Sighting {
  readonly do: 'report' | 'context';
  readonly image: number;
  readonly pod: number;
}
interface Answer {
  readonly do: 'take' | 'deliver' | 'postpone';
  readonly sink: string;
}

const sinks = ['file', 'falcon'];
const extendable = ['file'];
const sighting: fc.Arbitrary<Sighting> = fc.record({
  do: fc.constantFrom('report', 'context'),
  image: fc.nat(2),
  pod: fc.nat(6),
});
const answer: fc.Arbitrary<Answer> = fc.record({
  do: fc.constantFrom('take', 'deliver', 'postpone'),
  sink: fc.constantFrom(...sinks),
});
const steps = fc.array(fc.oneof(sighting, answer), { maxLength: 60 });

describe('an outbox, whatever happens,', () => {
  /** What every sink got, and what it has not answered for. */
  let received: Map<string, Set<string>>;
  let taken: Map<string, PendingDelivery>;

  const take = (sink: string): void => {
    const delivery = outbox.next(sink);
    if (delivery) taken.set(sink, delivery);
  };
  const receive = (delivery: PendingDelivery): void => {
    const key = `${delivery.sink} ${delivery.identity}`;
    const pods = delivery.report().contexts.map(({ podName = '' }) => podName);
    received.set(key, new Set([...(received.get(key) ?? []), ...pods]));
    outbox.delivered(delivery);
  };
  const send = (sink: string, succeeds: boolean): void => {
    const delivery = taken.get(sink);
    taken.delete(sink);
    if (delivery && succeeds) receive(delivery);
    else if (delivery) outbox.postponed(delivery, 'later', time + 3);
  };
  const apply = (step: Sighting | Answer): void => {
    time += 1;
    if ('sink' in step) {
      if (step.do === 'take') take(step.sink);
      else send(step.sink, step.do === 'deliver');
      return;
    }
    const report = reportOf(`image-${step.image}`, { pod: `pod-${step.pod}` });
    if (step.do === 'context') ledger.addContext(report.identity, report.context, extendable);
    else ledger.addReport(report, sinks, extendable);
  };
  const drain = (): void => {
    for (const sink of sinks) {
      send(sink, true);
      time += 100;
      while (outbox.next(sink)) {
        take(sink);
        send(sink, true);
      }
    }
  };

  it('brings every sink each report, and every context to those that take extensions', () => {
    fc.assert(
      fc.property(steps, (all) => {
        reset();
        received = new Map();
        taken = new Map();
        for (const step of all) apply(step);
        drain();
        const images = new Set(all.flatMap((step) => (step.do === 'report' ? [step.image] : [])));
        for (const image of images) {
          const { identity } = reportOf(`image-${image}`);
          const seen = ledger.contexts(identity).contexts.map(({ podName }) => podName);
          expect([...(received.get(`file ${identity}`) ?? [])].sort()).toEqual(seen.sort());
          expect(received.get(`falcon ${identity}`)?.size).toBeGreaterThan(0);
        }
        expect(received.size).toBe(images.size * sinks.length);
        expect(inventories()).toBe(0);
        expect(problems).toEqual([]);
      }),
    );
  });
});
