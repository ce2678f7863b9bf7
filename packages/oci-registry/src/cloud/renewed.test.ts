import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Loader, type Perishable, type RenewalOptions, renewed } from './renewed.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Something that lives for an hour and is numbered, by a clock that is set. */
function numbered(options: Partial<RenewalOptions> = {}, life = hour) {
  const world = { now: 1_000_000, loads: 0, problem: undefined as unknown };
  const load = async (): Promise<Perishable<number>> => {
    world.loads += 1;
    if (world.problem !== undefined) throw world.problem;
    return { value: world.loads, expiresAt: world.now + life };
  };
  return { world, get: renewed(load, { now: () => world.now, ...options }) };
}

/** A load that ends when the test says so. */
function held(): {
  get: Loader<string>;
  signals: AbortSignal[];
  end: (value: string) => void;
  fail: (error: unknown) => void;
} {
  const signals: AbortSignal[] = [];
  let settle: { end: (value: string) => void; fail: (error: unknown) => void } | undefined;
  const get = renewed<string>(
    (signal) => {
      signals.push(signal);
      const { promise, resolve, reject } = Promise.withResolvers<Perishable<string>>();
      settle = { end: (value) => resolve({ value, expiresAt: hour }), fail: reject };
      return promise;
    },
    { now: () => 0 },
  );
  return { get, signals, end: (value) => settle?.end(value), fail: (error) => settle?.fail(error) };
}

describe('renewed', () => {
  it('keeps a value until five minutes before its end', async () => {
    const { world, get } = numbered();
    expect(await get()).toBe(1);
    world.now += hour - 5 * minute - 1;
    expect(await get()).toBe(1);
    world.now += 1;
    expect(await get()).toBe(2);
  });

  it('keeps what does not live long for half of its life', async () => {
    const { world, get } = numbered({}, minute);
    await get();
    world.now += minute / 2 - 1;
    expect(await get()).toBe(1);
    world.now += 1;
    expect(await get()).toBe(2);
  });

  it.each([0, -hour])('does not keep what has ended: a life of %i ms', async (life) => {
    const { get } = numbered({}, life);
    expect([await get(), await get()]).toEqual([1, 2]);
  });

  it('hands the old value out while it is good, and asks again after half a minute only', async () => {
    const { world, get } = numbered();
    await get();
    world.problem = new Error('down');
    world.now += hour - 4 * minute;
    expect(await get()).toBe(1);
    world.now += 29_999;
    expect(await get()).toBe(1);
    expect(world.loads).toBe(2);
    world.problem = undefined;
    world.now += 1;
    expect(await get()).toBe(3);
  });

  it('fails where the old value has ended, with the same error for half a minute', async () => {
    const { world, get } = numbered();
    await get();
    world.now += hour;
    world.problem = new Error('down');
    await expect(get()).rejects.toBe(world.problem);
    const first = world.problem;
    world.problem = new Error('still down');
    await expect(get()).rejects.toBe(first);
    world.now += 30_000;
    await expect(get()).rejects.toBe(world.problem);
    expect(world.loads).toBe(3);
  });

  it('believes neither a value nor a failure of a later time, as when the clock is set back', async () => {
    const { world, get } = numbered();
    await get();
    world.now -= 10 * hour;
    expect(await get()).toBe(2);
    world.now += hour;
    world.problem = new Error('down');
    await expect(get()).rejects.toBe(world.problem);
    world.problem = undefined;
    world.now -= 2 * hour;
    expect(await get()).toBe(4);
    world.now += hour;
    world.problem = new Error('down');
    await expect(get()).rejects.toBe(world.problem);
    world.problem = undefined;
    world.now += minute;
    expect(await get()).toBe(6);
    world.now -= minute - 1;
    expect(await get()).toBe(7);
  });
});

describe('renewed, for several callers at once', () => {
  it('loads once, and all get the same', async () => {
    const { get, signals, end } = held();
    const all = [get(), get(), get()];
    end('v');
    expect(await Promise.all(all)).toEqual(['v', 'v', 'v']);
    expect(signals).toHaveLength(1);
  });

  it('fails once, for all', async () => {
    const { get, signals, fail } = held();
    const all = Promise.allSettled([get(), get()]);
    const reason = new Error('down');
    fail(reason);
    expect(await all).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    expect(signals).toHaveLength(1);
  });

  it('goes on for the others where one leaves', async () => {
    const { get, signals, end } = held();
    const controller = new AbortController();
    const [leaving, staying] = [get(controller.signal), get()];
    controller.abort('enough');
    await expect(leaving).rejects.toBe('enough');
    expect(signals[0]?.aborted).toBe(false);
    end('v');
    expect(await staying).toBe('v');
  });

  it('aborts the work when the last has left, and takes that for no failure', async () => {
    const { get, signals, fail, end } = held();
    const controllers = [new AbortController(), new AbortController()];
    const all = Promise.allSettled(controllers.map(({ signal }) => get(signal)));
    for (const controller of controllers) controller.abort('enough');
    expect((await all).map((outcome) => (outcome as PromiseRejectedResult).reason)).toEqual(['enough', 'enough']);
    expect(signals[0]?.aborted).toBe(true);
    // The work ends late, and nobody is there any more: vitest fails on a rejection that nobody handles.
    fail(signals[0]?.reason);
    await new Promise((resolve) => setImmediate(resolve));
    const next = get();
    expect(signals).toHaveLength(2);
    end('v');
    expect(await next).toBe('v');
  });

  it('does not start for who has left before', async () => {
    const { get, signals } = held();
    await expect(get(AbortSignal.abort('before'))).rejects.toBe('before');
    expect(signals).toEqual([]);
  });
});

type Step = { readonly wait: number; readonly isDown: boolean; readonly callers: number };

describe('renewed, by any clock', () => {
  it('never hands out what has ended, nor hides what is good, nor asks within the pause', async () => {
    const step = fc.record({
      wait: fc.nat({ max: 40 * minute }),
      isDown: fc.boolean(),
      callers: fc.integer({ min: 1, max: 3 }),
    });
    const settings = fc.record({
      life: fc.integer({ min: 1, max: 2 * hour }),
      leeway: fc.nat({ max: hour }),
      pause: fc.nat({ max: 10 * minute }),
    });
    await fc.assert(
      fc.asyncProperty(settings, fc.array(step, { maxLength: 30 }), async ({ life, leeway, pause }, steps: Step[]) => {
        let now = 0;
        let isDown = false;
        let good: { value: number; expiresAt: number } | undefined;
        let failedAt = Number.NEGATIVE_INFINITY;
        let loads = 0;
        const get = renewed(
          async () => {
            loads += 1;
            expect(now - failedAt).toBeGreaterThanOrEqual(pause);
            await Promise.resolve();
            if (isDown) {
              failedAt = now;
              throw new Error('down');
            }
            good = { value: loads, expiresAt: now + life };
            return good;
          },
          { leeway, pause, now: () => now },
        );
        for (const { wait, callers, ...next } of steps) {
          now += wait;
          isDown = next.isDown;
          const before = loads;
          const outcomes = await Promise.allSettled(Array.from({ length: callers }, () => get()));
          expect(loads - before).toBeLessThanOrEqual(1);
          const isGood = good !== undefined && now < good.expiresAt;
          for (const outcome of outcomes) {
            expect(outcome.status).toBe(isGood ? 'fulfilled' : 'rejected');
            if (outcome.status === 'fulfilled') expect(outcome.value).toBe(good?.value);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
