import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHealth, type Health } from '../observe/health.ts';
import { type MemoryLogger, memoryLogger } from '../observe/memory-logger.test-support.ts';
import { testMetrics } from '../observe/metrics.test-support.ts';
import type { AgentMetrics } from '../observe/metrics.ts';
import { openStore, type Store } from '../store/open-store.ts';
import type { Outbox } from '../store/outbox.ts';
import { reportOf } from '../store/store.test-support.ts';
import { StoreError } from '../store/store-error.ts';
import { type Delivery, startDelivery } from './delivery.ts';
import { sinkOf } from './sink.test-support.ts';
import { type Sink, SinkRejection } from './sink.ts';

const [first, second, third] = [reportOf('first'), reportOf('second'), reportOf('third')];
const now = () => Date.now();
let store: Store;
let health: Health;
let logger: MemoryLogger;
let metrics: AgentMetrics;
let deliveries: Delivery[];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_750_000_000_000 });
  store = openStore({ recipe: 'a', layerCacheBytes: 0, now });
  health = createHealth({ now });
  logger = memoryLogger();
  metrics = testMetrics();
  deliveries = [];
});
afterEach(async () => {
  for (const delivery of deliveries) {
    delivery.abort(new Error('the test ends'));
    await delivery.drain();
  }
  const left = vi.getTimerCount();
  vi.useRealTimers();
  store.close();
  // Whatever was left would keep the agent from ending.
  expect(left).toBe(0);
});

const optionsOf = (sink: Sink, outbox = store.outbox) => ({
  ...{ sink, outbox, health, metrics, logger, now, random: () => 0.5 },
});
function start(sink: Sink, outbox?: Outbox): Delivery {
  const delivery = startDelivery(optionsOf(sink, outbox));
  deliveries.push(delivery);
  return delivery;
}
const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const add = (report = first): void => store.ledger.addReport(report, ['file:reports']);
const isReady = () => health.readiness().ok;

describe('startDelivery', () => {
  it('delivers what waits, oldest first, each once', async () => {
    for (const report of [first, second, third]) add(report);
    const { sink, sent } = sinkOf();
    start(sink);
    await pass(120_000);
    expect(sent.map(({ identity }) => identity)).toEqual([first, second, third].map(({ identity }) => identity));
    expect(sent[0]).toMatchObject({ scanId: first.scanId, inventory: first.inventory, contexts: [first.context] });
    expect(store.outbox.pending('file:reports')).toBe(0);
    expect(await metrics.render()).toContain('iar_deliveries_total{sink="file",outcome="delivered"} 3');
  });

  it('asks before anything waits whether the sink lets it in, until it does, and sends nothing before', async () => {
    const { sink, sent } = sinkOf();
    let isLetIn = false;
    let asked = 0;
    const connect = async (): Promise<void> => {
      asked += 1;
      if (!isLetIn) throw new Error('wrong secret');
    };
    start({ ...sink, connect });
    await pass();
    expect([asked, isReady(), logger.messages('error').length]).toEqual([1, false, 1]);
    add(first);
    await pass(1000);
    expect([asked, sent.length, logger.messages('error').length]).toEqual([2, 0, 1]);
    isLetIn = true;
    await pass(2000);
    expect([asked, sent.length, isReady()]).toEqual([3, 1, true]);
  });

  it('is woken by what is new, also while it sends', async () => {
    const gate = Promise.withResolvers<void>();
    const { sink, sent } = sinkOf(() => gate.promise);
    const delivery = start(sink);
    await pass(1);
    add(first);
    delivery.wake();
    await pass();
    expect(sent).toHaveLength(1);
    add(second);
    delivery.wake();
    gate.resolve();
    await pass();
    expect(sent).toHaveLength(2);
  });

  it('sends a report again until the sink takes it, with longer and longer rests, and tells once', async () => {
    const down = new Error('HTTP 503');
    const { sink, sent } = sinkOf(down, down, down);
    add();
    start(sink);
    const times: number[] = [];
    for (let seconds = 0; seconds <= 20; seconds += 1) {
      await pass(seconds === 0 ? 0 : 1000);
      times.push(sent.length);
    }
    // After 1, 2 and 4 s.
    expect(times.slice(0, 9)).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4]);
    expect(new Set(sent.map(({ scanId }) => scanId)).size).toBe(1);
    expect(logger.messages('error')).toEqual(['a report could not be delivered; it is kept and sent again']);
    expect(logger.messages('info')).toEqual(['reports are delivered again', 'report delivered']);
    expect(logger.lines.at(-1)?.fields).toMatchObject({ digest: first.identity, attempts: 4 });
  });

  it('leaves a sink alone for as long as it asks, whatever else waits', async () => {
    const { sink, sent } = sinkOf(Object.assign(new Error('slow down'), { retryAfter: 300_000 }));
    add(first);
    add(second);
    const delivery = start(sink);
    await pass();
    delivery.wake();
    await pass(299_000);
    expect(sent).toHaveLength(1);
    await pass(1000);
    expect(sent).toHaveLength(3);
  });

  it('is not silenced by a sink that asks for nonsense', async () => {
    for (const retryAfter of [Number.NaN, Number.POSITIVE_INFINITY, -5, '9', 1e12]) {
      const { sink, sent } = sinkOf(Object.assign(new Error('x'), { retryAfter }));
      store.ledger.addReport(reportOf(String(retryAfter)), ['file:reports']);
      const delivery = start(sink);
      await pass(16 * 60_000);
      expect(sent).toHaveLength(2);
      await delivery.drain();
    }
  });

  it('tells the probes how the sink is', async () => {
    const { sink } = sinkOf(new Error('HTTP 503'));
    const delivery = start(sink);
    expect(isReady()).toBe(true);
    add();
    delivery.wake();
    await pass();
    expect(health.readiness().components['sink file:reports']).toMatchObject({ ok: false, detail: 'HTTP 503' });
    expect(health.liveness().ok).toBe(true);
    await pass(2000);
    expect(isReady()).toBe(true);
  });

  it('gives up on a report that the sink will never take, and goes on with the others', async () => {
    const { sink, sent } = sinkOf(new Error('HTTP 503'), new SinkRejection('schema'));
    add(first);
    add(second);
    start(sink);
    await pass(60_000);
    expect(sent.map(({ identity }) => identity)).toEqual([first.identity, second.identity, first.identity]);
    expect(store.outbox.pending('file:reports')).toBe(0);
    expect(logger.messages('error')).toContain('the sink refused a report for good');
    // It answered.
    expect(isReady()).toBe(true);
    expect(await metrics.render()).toContain('iar_deliveries_total{sink="file",outcome="rejected"} 1');
  });

  it('tells where else an image runs only after the report', async () => {
    const gate = Promise.withResolvers<void>();
    const { sink, sent, extended } = sinkOf(() => gate.promise);
    add();
    const delivery = start(sink);
    await pass();
    store.ledger.addContext(first.identity, { podName: 'while-it-is-sent' }, ['file:reports']);
    delivery.wake();
    await pass();
    expect([sent.length, extended.length]).toEqual([1, 0]);
    gate.resolve();
    await pass();
    expect(extended).toMatchObject([
      { identity: first.identity, contexts: { contexts: [{}, { podName: 'while-it-is-sent' }] } },
    ]);
    store.ledger.addContext(first.identity, { podName: 'later' }, ['file:reports']);
    delivery.wake();
    await pass();
    expect([sent.length, extended.length, store.outbox.pending('file:reports')]).toEqual([1, 2, 0]);
  });

  it('keeps an extension that fails and one that is refused without sending the report again', async () => {
    const { sink, sent, extended, answers } = sinkOf();
    add();
    const delivery = start(sink);
    await pass();
    answers.push(new Error('HTTP 503'), new SinkRejection('no'));
    store.ledger.addContext(first.identity, { podName: 'b' }, ['file:reports']);
    delivery.wake();
    await pass(60_000);
    expect([sent.length, extended.length, store.outbox.pending('file:reports')]).toEqual([1, 2, 0]);
  });

  it('sends again what was sent when the agent was killed before it could note it', async () => {
    const hanging = sinkOf(() => new Promise(() => undefined));
    add();
    const killed = startDelivery(optionsOf(hanging.sink));
    await pass();
    killed.abort(new Error('killed'));
    const { sink, sent } = sinkOf();
    start(sink);
    await pass();
    expect([...hanging.sent, ...sent].map(({ scanId }) => scanId)).toEqual([first.scanId, first.scanId]);
  });

  it('does not mind a clock that is set back while it rests', async () => {
    const { sink, sent } = sinkOf(new Error('HTTP 503'));
    add(first);
    const delivery = start(sink);
    await pass();
    vi.setSystemTime(Date.now() - 3_600_000);
    add(second);
    delivery.wake();
    await pass(60_000);
    expect(sent.map(({ identity }) => identity)).toEqual([first.identity, second.identity]);
  });
});

describe('the end of a delivery', () => {
  it('drains: delivers what is due, then ends', async () => {
    const { sink, sent } = sinkOf();
    const delivery = start(sink);
    await pass();
    add(first);
    add(second);
    await delivery.drain();
    expect(sent).toHaveLength(2);
    add(third);
    delivery.wake();
    await pass(60_000);
    expect(sent).toHaveLength(2);
  });

  it('drains no longer when the sink fails, and keeps what waits', async () => {
    const { sink, sent } = sinkOf(new Error('HTTP 503'), new Error('HTTP 503'));
    for (const report of [first, second]) add(report);
    await start(sink).drain();
    expect([sent.length, store.outbox.pending('file:reports')]).toEqual([1, 2]);
  });

  it('tries once more when it drains while it rests', async () => {
    const { sink, sent } = sinkOf(new Error('HTTP 503'));
    add(first);
    add(second);
    const delivery = start(sink);
    await pass();
    await delivery.drain();
    expect(sent.map(({ identity }) => identity)).toEqual([first.identity, second.identity]);
    expect(store.outbox.pending('file:reports')).toBe(1);
  });

  it('aborts what is under way, which counts neither as delivered nor as failed', async () => {
    let reason: unknown;
    const { sink } = sinkOf(
      (signal: AbortSignal) =>
        new Promise<void>((_, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(signal.reason);
          });
        }),
    );
    add();
    const delivery = start(sink);
    await pass();
    const drained = delivery.drain();
    delivery.abort('SIGTERM');
    await drained;
    expect(reason).toBe('SIGTERM');
    expect(store.outbox.next('file:reports')).toMatchObject({ attempts: 0 });
    expect(logger.messages('error')).toEqual([]);
  });
});

describe('a store that fails', () => {
  const failing = (method: keyof Outbox, times: number, code: 'DISK_FULL' | 'CORRUPT' = 'DISK_FULL') => {
    let left = times;
    const outbox = { ...store.outbox } as Record<string, unknown>;
    const real = outbox[method] as (...values: unknown[]) => unknown;
    outbox[method] = (...values: unknown[]): unknown => {
      left -= 1;
      if (left >= 0) throw new StoreError(code, 'iar.db');
      return real(...values);
    };
    return outbox as unknown as Outbox;
  };

  it.each(['next', 'nextDue', 'delivered'] as const)('for a while only delays what waits: %s', async (method) => {
    add();
    const { sink, sent } = sinkOf();
    start(sink, failing(method, 3));
    await pass();
    expect(health.readiness().ok).toBe(false);
    await pass(60_000);
    expect([sent.length, store.outbox.pending('file:reports'), isReady()]).toEqual([1, 0, true]);
    expect(logger.messages('error')).toEqual(['the store fails; reports wait']);
  });

  it('for a while only delays the note of a refusal and of a failure', async () => {
    add(first);
    const refusing = sinkOf(new SinkRejection('schema'));
    const refused = start(refusing.sink, failing('rejected', 2));
    await pass(60_000);
    await refused.drain();
    expect([refusing.sent.length, store.outbox.pending('file:reports')]).toEqual([1, 0]);
    add(second);
    const { sink, sent } = sinkOf(new Error('HTTP 503'));
    start(sink, failing('postponed', 2));
    await pass(60_000);
    expect([sent.length, store.outbox.pending('file:reports'), isReady()]).toEqual([2, 0, true]);
  });

  it('for good ends the delivery, which only a restart of the agent repairs', async () => {
    add();
    const { sink, sent } = sinkOf();
    start(sink, failing('next', 1, 'CORRUPT'));
    await pass();
    expect([sent.length, health.liveness().ok]).toEqual([0, false]);
    expect(logger.messages('error')).toEqual(['reports are no longer delivered; restart the agent']);
  });

  it('at the end of the agent is no reason to wait', async () => {
    add();
    const { sink } = sinkOf();
    const delivery = start(sink, failing('delivered', 1000));
    await delivery.drain();
    expect(logger.messages('warn')).toEqual(['delivery ended early; what waits is kept']);
    expect([health.liveness().ok, store.outbox.pending('file:reports')]).toEqual([true, 1]);
  });
});
