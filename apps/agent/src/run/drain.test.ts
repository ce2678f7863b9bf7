import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Drainable, drainInTurn } from './drain.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A part that takes so many ms to finish. */
function part(name: string, ms: number, log: string[]): Drainable {
  const done = Promise.withResolvers<void>();
  return {
    async drain() {
      log.push(`${name} drains`);
      const timer = setTimeout(done.resolve, ms);
      await done.promise;
      clearTimeout(timer);
      log.push(`${name} is done`);
    },
    abort(reason) {
      log.push(`${name}: ${(reason as Error).message}`);
      done.resolve();
    },
  };
}

describe('drainInTurn', () => {
  it('lets one finish after the other', async () => {
    const log: string[] = [];
    const drained = drainInTurn([part('queue', 1000, log), part('delivery', 500, log)], 5000);
    await vi.advanceTimersByTimeAsync(1500);
    expect(await drained).toBe(true);
    expect(log).toEqual(['queue drains', 'queue is done', 'delivery drains', 'delivery is done']);
  });

  it('ends all that have not finished when the time is over', async () => {
    const log: string[] = [];
    const drained = drainInTurn([part('queue', 10_000, log), part('delivery', 500, log)], 5000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await drained).toBe(false);
    expect(log).toEqual([
      ...['queue drains', 'queue: the time to finish is over', 'delivery: the time to finish is over'],
      ...['queue is done', 'delivery drains', 'delivery is done'],
    ]);
  });
});
