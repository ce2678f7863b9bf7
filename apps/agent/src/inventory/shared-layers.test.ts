import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layerRecord } from '../store/store.test-support.ts';
import type { LayerRecord } from './layer-record.ts';
import { createLayerMemory, createSharedLayers, type SharedLayers } from './shared-layers.ts';

/** A read that ends when it is told to. */
function slowRead(name = 'layer') {
  const result = Promise.withResolvers<LayerRecord>();
  const record = layerRecord(name);
  let signal: AbortSignal | undefined;
  return {
    record,
    reads: 0,
    get signal() {
      return signal;
    },
    end: () => result.resolve(record),
    fail: (error: unknown) => result.reject(error),
    read(given: AbortSignal): Promise<LayerRecord> {
      this.reads += 1;
      signal = given;
      return result.promise;
    },
  };
}

const settle = async (): Promise<void> => void (await new Promise((resolve) => setImmediate(resolve)));
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
let layers: SharedLayers;
beforeEach(() => {
  process.on('unhandledRejection', onUnhandled);
  layers = createSharedLayers(createLayerMemory());
});
afterEach(async () => {
  await settle();
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

function obtain({ read }: { read(signal: AbortSignal): Promise<LayerRecord> }, signal = new AbortController().signal) {
  return layers.obtain('sha256:a', read, signal);
}
const bound = (source: ReturnType<typeof slowRead>) => ({ read: (signal: AbortSignal) => source.read(signal) });

describe('createSharedLayers', () => {
  it('reads a layer once for all that want it at the same time, and keeps it', async () => {
    const slow = slowRead();
    const all = [obtain(bound(slow)), obtain(bound(slow)), obtain(bound(slow))];
    await settle();
    slow.end();
    const obtained = await Promise.all(all);
    expect(slow.reads).toBe(1);
    expect(obtained.map(({ wasRead }) => wasRead)).toEqual([true, false, false]);
    expect(obtained.every(({ record }) => record === slow.record)).toBe(true);
    expect(await obtain(bound(slow))).toEqual({ record: slow.record, wasRead: false });
    expect(slow.reads).toBe(1);
  });

  it('reads different layers beside each other', async () => {
    const [a, b] = [slowRead('a'), slowRead('b')];
    const { signal } = new AbortController();
    const first = layers.obtain('sha256:a', bound(a).read, signal);
    const second = layers.obtain('sha256:b', bound(b).read, signal);
    b.end();
    expect((await second).record).toBe(b.record);
    a.end();
    expect((await first).record).toBe(a.record);
  });

  it('lets whoever waited read for itself when the reader fails', async () => {
    const [failing, good] = [slowRead(), slowRead()];
    const leader = obtain(bound(failing));
    const followers = [obtain(bound(good)), obtain(bound(good))];
    await settle();
    expect(good.reads).toBe(0);
    failing.fail(new Error('not allowed'));
    await expect(leader).rejects.toThrow('not allowed');
    good.end();
    expect((await Promise.all(followers)).map(({ wasRead }) => wasRead)).toEqual([true, false]);
    expect(good.reads).toBe(1);
  });

  it('goes on for the others when the one that began it leaves', async () => {
    const slow = slowRead();
    const leaving = new AbortController();
    const leader = obtain(bound(slow), leaving.signal);
    const follower = obtain(bound(slow));
    const reason = new Error('enough');
    leaving.abort(reason);
    await expect(leader).rejects.toBe(reason);
    expect(slow.signal?.aborted).toBe(false);
    slow.end();
    expect((await follower).wasRead).toBe(false);
    expect(slow.reads).toBe(1);
  });

  it('stops the read when the last one leaves, and ends only after it', async () => {
    const slow = slowRead();
    const [one, two] = [new AbortController(), new AbortController()];
    const leader = obtain(bound(slow), one.signal);
    const follower = obtain(bound(slow), two.signal);
    let hasEnded = false;
    void follower.catch(() => {
      hasEnded = true;
    });
    one.abort('SIGTERM');
    await expect(leader).rejects.toBe('SIGTERM');
    two.abort('SIGINT');
    await settle();
    expect([slow.signal?.aborted, hasEnded]).toEqual([true, false]);
    slow.fail(new Error('the socket was closed'));
    await expect(follower).rejects.toBe('SIGINT');
  });

  it('rejects with the reason of the signal, whatever the stopped read ends with', async () => {
    const slow = slowRead();
    const leaving = new AbortController();
    const obtained = obtain(bound(slow), leaving.signal);
    leaving.abort('SIGTERM');
    slow.fail(new DOMException('This operation was aborted', 'AbortError'));
    await expect(obtained).rejects.toBe('SIGTERM');
  });

  it('reads anew for one that comes while a read is being stopped', async () => {
    const [stopped, fresh] = [slowRead(), slowRead()];
    const leaving = new AbortController();
    const leader = obtain(bound(stopped), leaving.signal);
    leaving.abort('SIGTERM');
    const late = obtain(bound(fresh));
    await settle();
    stopped.fail('SIGTERM');
    await expect(leader).rejects.toBe('SIGTERM');
    fresh.end();
    expect((await late).wasRead).toBe(true);
  });

  it('reads nothing for a signal that was aborted before', async () => {
    const slow = slowRead();
    await expect(obtain(bound(slow), AbortSignal.abort('SIGTERM'))).rejects.toBe('SIGTERM');
    expect(slow.reads).toBe(0);
  });

  it('leaves no listener on a signal that lives on', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') listeners += 1;
        if (name === 'removeEventListener') listeners -= 1;
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const slow = slowRead();
    const obtained = obtain(bound(slow), counted);
    slow.end();
    await obtained;
    expect(listeners).toBe(0);
  });

  it('gives everybody a record or an own reason, whoever fails and leaves', async () => {
    const plan = fc.array(fc.record({ fails: fc.boolean(), leaves: fc.boolean() }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(plan, async (images) => {
        const shared = createSharedLayers(createLayerMemory());
        let running = 0;
        let most = 0;
        const outcomes = await Promise.allSettled(
          images.map(async ({ fails, leaves }, index) => {
            const controller = new AbortController();
            const read = async (signal: AbortSignal): Promise<LayerRecord> => {
              running += 1;
              most = Math.max(most, running);
              await settle();
              running -= 1;
              signal.throwIfAborted();
              if (fails) throw new Error(`read ${index}`);
              return layerRecord('layer');
            };
            const obtained = shared.obtain('sha256:a', read, controller.signal);
            if (leaves) setImmediate(() => controller.abort(`reason ${index}`));
            return obtained;
          }),
        );
        expect(most).toBeLessThanOrEqual(1);
        outcomes.forEach((outcome, index) => {
          if (outcome.status === 'fulfilled') return;
          const { fails, leaves } = images[index]!;
          const allowed = [...(leaves ? [`reason ${index}`] : []), ...(fails ? [`read ${index}`] : [])];
          expect(allowed).toContain(outcome.reason instanceof Error ? outcome.reason.message : outcome.reason);
        });
      }),
      { numRuns: 100 },
    );
  });
});
