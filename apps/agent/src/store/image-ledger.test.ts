import { beforeEach, describe, expect, it } from 'vitest';
import { type Connection, connect } from './connection.ts';
import { createImageLedger, type ImageLedger } from './image-ledger.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { migrate } from './schema.ts';
import { reportOf } from './store.test-support.ts';

let connection: Connection;
let time: number;
let ledger: ImageLedger;
let outbox: Outbox;
const now = () => time;
const withRecipe = (recipe: string): ImageLedger => createImageLedger(connection, { recipe, now });
beforeEach(() => {
  connection = connect(':memory:');
  migrate(connection);
  time = Date.parse('2025-06-01T10:00:00Z');
  ledger = withRecipe('a');
  outbox = createOutbox(connection, { now, onProblem: ({ error }) => expect.unreachable(error.message) });
});
const app = reportOf('app');
const pod = (number: number) => ({ namespace: 'shop', podName: `pod-${number}` });
const deliver = (sink: string) => outbox.delivered(outbox.next(sink)!);

describe('resolutions and failures', () => {
  it('remembers which image a running one is, the last said', () => {
    expect(ledger.identityOf('x linux/amd64')).toBeUndefined();
    ledger.setIdentity('x linux/amd64', 'one');
    ledger.setIdentity('x linux/amd64', 'two');
    expect(ledger.identityOf('x linux/amd64')).toBe('two');
    expect(ledger.identityOf('x linux/arm64')).toBeUndefined();
  });

  it('remembers a failure until it is cleared', () => {
    const failure = { code: 'UNAUTHORIZED', reason: 'no pull secret', attempts: 2, nextAttempt: time + 1 };
    ledger.setFailure('x', { ...failure, attempts: 1 });
    ledger.setFailure('x', failure);
    expect(ledger.failure('x')).toEqual(failure);
    ledger.clearFailure('x');
    expect(ledger.failure('x')).toBeUndefined();
  });

  it('takes times between milliseconds and long reasons', () => {
    ledger.setFailure('x', { code: 'A', reason: 'r'.repeat(5000), attempts: 1, nextAttempt: time + 0.5 });
    expect(ledger.failure('x')).toMatchObject({ reason: 'r'.repeat(1000), nextAttempt: time + 1 });
  });
});

describe('isReported', () => {
  it('holds for sinks that the report waits for or was sent to, not for others', () => {
    expect(ledger.isReported(app.identity, [])).toBe(false);
    ledger.addReport(app, ['falcon', 'file']);
    outbox.rejected(outbox.next('falcon')!, 'no');
    deliver('file');
    expect(ledger.isReported(app.identity, ['file', 'falcon'])).toBe(true);
    expect(ledger.isReported(app.identity, ['file', 'other'])).toBe(false);
    expect(ledger.isReported('other', ['file'])).toBe(false);
  });

  it('does not hold for a report of another recipe', () => {
    ledger.addReport(app, ['file']);
    expect(withRecipe('b').isReported(app.identity, ['file'])).toBe(false);
  });

  it('does not hold for a sink that was told by another recipe only', () => {
    ledger.addReport(app, ['file', 'falcon']);
    withRecipe('b').addReport(app, ['file']);
    expect(withRecipe('b').isReported(app.identity, ['file'])).toBe(true);
    expect(withRecipe('b').isReported(app.identity, ['file', 'falcon'])).toBe(false);
  });
});

describe('addReport', () => {
  it('sends a new sink the report, and the others nothing again', () => {
    ledger.addReport(app, ['file']);
    deliver('file');
    ledger.addReport({ ...app, scanId: 'later' }, ['file', 'falcon']);
    expect(outbox.next('file')).toBeUndefined();
    expect(outbox.next('falcon')?.report()).toMatchObject({ scanId: 'later', inventory: app.inventory });
  });

  it('sends everyone the report of another recipe', () => {
    ledger.addReport(app, ['file', 'falcon']);
    deliver('file');
    outbox.rejected(outbox.next('falcon')!, 'no');
    withRecipe('b').addReport({ ...app, scanId: 'later' }, ['file', 'falcon']);
    for (const sink of ['file', 'falcon']) {
      expect(outbox.next(sink)).toMatchObject({ kind: 'report', attempts: 0 });
      expect(outbox.next(sink)?.report().scanId).toBe('later');
    }
  });

  it('does not take an answer to the older report for one to the newer', () => {
    ledger.addReport(app, ['file']);
    const underWay = outbox.next('file')!;
    withRecipe('b').addReport({ ...app, scanId: 'later' }, ['file']);
    outbox.delivered(underWay);
    outbox.postponed(underWay, 'late', time + 1000);
    expect(outbox.next('file')?.report().scanId).toBe('later');
    expect(underWay.report().scanId).toBe(app.scanId);
  });

  it('keeps where the image was seen, before and after', () => {
    ledger.addContext(app.identity, pod(1), []);
    ledger.addReport(app, ['file']);
    withRecipe('b').addReport({ ...app, context: pod(2) }, ['file']);
    expect(ledger.contexts(app.identity)).toEqual({ contexts: [pod(1), pod(0), pod(2)], omitted: 0 });
  });

  it('tells a sink that has the report of a context that came with a report for another one', () => {
    ledger.addReport(app, ['file']);
    deliver('file');
    ledger.addReport({ ...app, context: pod(7) }, ['file', 'falcon'], ['file']);
    expect(outbox.next('file')).toMatchObject({ kind: 'extension' });
    expect(outbox.next('falcon')).toMatchObject({ kind: 'report' });
  });

  it('keeps no inventory that nobody waits for', () => {
    ledger.addReport(app, []);
    expect(connection.all('SELECT * FROM report_inventory')).toEqual([]);
    expect(ledger.isReported(app.identity, [])).toBe(true);
  });

  it('changes nothing when the disk is full', () => {
    const pages = connection.get<{ page_count: number }>('PRAGMA page_count')!.page_count;
    connection.exec(`PRAGMA max_page_count = ${pages}`);
    const noise = Array.from({ length: 5000 }, (_, index) => ({ path: `${Math.sin(index)}`, layer: 0, opaque: false }));
    const large = { ...app, inventory: { ...app.inventory, whiteouts: noise } };
    expect(() => ledger.addReport(large, ['file'])).toThrow(
      expect.objectContaining({ name: 'StoreError', code: 'DISK_FULL', retryable: true }),
    );
    expect(ledger.isReported(app.identity, [])).toBe(false);
    expect(outbox.pending('file')).toBe(0);
    ledger.addReport(app, ['file']);
    expect(outbox.next('file')?.report().inventory).toEqual(app.inventory);
  });
});

describe('addContext', () => {
  it('tells what was not known, whatever the order of its properties', () => {
    const owner = { kind: 'ReplicaSet', name: 'shop' };
    expect(ledger.addContext('x', { ...pod(1), owner }, [])).toBe(true);
    expect(ledger.addContext('x', { owner: { name: 'shop', kind: 'ReplicaSet' }, ...pod(1) }, [])).toBe(false);
    expect(ledger.addContext('y', { ...pod(1), owner }, [])).toBe(true);
    expect(ledger.contexts('x')).toEqual({ contexts: [{ ...pod(1), owner }], omitted: 0 });
    expect(ledger.contexts('z')).toEqual({ contexts: [], omitted: 0 });
  });

  it('keeps the first 1000 of an image and counts each further one once', () => {
    ledger.addReport(app, ['file']);
    deliver('file');
    for (let number = 1; number < 1005; number++) ledger.addContext(app.identity, pod(number), ['file']);
    expect(ledger.addContext(app.identity, pod(1004), ['file'])).toBe(false);
    expect(ledger.addContext(app.identity, pod(1005), ['file'])).toBe(true);
    const { contexts, omitted } = ledger.contexts(app.identity);
    expect([contexts.length, contexts.at(-1), omitted]).toEqual([1000, pod(999), 6]);
    expect(outbox.next('file')?.report()).toMatchObject({ contexts, contextsOmitted: 6 });
  });

  it('extends nothing for a context that is only counted', () => {
    ledger.addReport(app, ['file']);
    for (let number = 1; number < 1000; number++) ledger.addContext(app.identity, pod(number), ['file']);
    deliver('file');
    expect(ledger.addContext(app.identity, pod(1000), ['file'])).toBe(true);
    expect(outbox.next('file')).toBeUndefined();
  });

  it('stops counting where an image has ever new contexts', { timeout: 30_000 }, () => {
    ledger.addContext('x', pod(0), []);
    connection.exec('UPDATE image SET revision = 1000, omitted = 8999');
    expect(ledger.addContext('x', pod(1), [])).toBe(true);
    expect(ledger.addContext('x', pod(2), [])).toBe(false);
    expect(ledger.contexts('x').omitted).toBe(9000);
    expect(connection.all('SELECT * FROM context')).toHaveLength(2);
  });

  it('sends an extension where the sink takes one and has the report', () => {
    ledger.addReport(app, ['file', 'falcon', 'refused']);
    deliver('file');
    deliver('falcon');
    outbox.rejected(outbox.next('refused')!, 'no');
    ledger.addContext(app.identity, pod(1), ['file', 'refused']);
    const extension = outbox.next('file');
    expect(extension).toMatchObject({ kind: 'extension', identity: app.identity, revision: 2, attempts: 0 });
    expect(extension?.report()).toEqual({
      identity: app.identity,
      reference: app.reference,
      collectedAt: app.collectedAt,
      scanId: app.scanId,
      contexts: [pod(0), pod(1)],
      contextsOmitted: 0,
    });
    expect([outbox.next('falcon'), outbox.next('refused')]).toEqual([undefined, undefined]);
  });

  it('goes into a report that waits, without an extension after it', () => {
    ledger.addReport(app, ['file']);
    ledger.addContext(app.identity, pod(1), ['file']);
    expect(outbox.next('file')?.report().contexts).toEqual([pod(0), pod(1)]);
    deliver('file');
    expect(outbox.next('file')).toBeUndefined();
  });

  it.each(['report', 'extension'])('leaves an extension when it comes while a %s is under way', (kind) => {
    ledger.addReport(app, ['file']);
    if (kind === 'extension') {
      deliver('file');
      ledger.addContext(app.identity, pod(1), ['file']);
    }
    const underWay = outbox.next('file')!;
    ledger.addContext(app.identity, pod(9), ['file']);
    outbox.delivered(underWay);
    expect(underWay.report().contexts).not.toContainEqual(pod(9));
    expect(outbox.next('file')).toMatchObject({ kind: 'extension', attempts: 0 });
    expect(outbox.next('file')?.report().contexts).toContainEqual(pod(9));
    outbox.delivered(underWay);
    expect(outbox.next('file')).toMatchObject({ kind: 'extension' });
    deliver('file');
    expect(outbox.next('file')).toBeUndefined();
  });
});
