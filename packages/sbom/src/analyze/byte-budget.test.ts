import { describe, expect, it } from 'vitest';
import { createByteBudget } from './byte-budget.ts';

describe('createByteBudget', () => {
  it('lets callers wait until enough bytes are free, first come first served', async () => {
    const budget = createByteBudget(10);
    const first = await budget.acquire(8);
    const order: string[] = [];
    const large = budget.acquire(9).then((release) => {
      order.push('large');
      release();
    });
    const small = budget.acquire(1).then((release) => {
      order.push('small');
      release();
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    first();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
    expect(budget.held).toBe(0);
  });

  it('refuses what could never be granted', async () => {
    await expect(createByteBudget(10).acquire(11)).rejects.toThrow(RangeError);
  });

  it('never lets tryAcquire overtake somebody who waits', async () => {
    const budget = createByteBudget(10);
    const release = await budget.acquire(6);
    const waiting = budget.acquire(6);
    expect(budget.tryAcquire(1)).toBeUndefined();
    release();
    (await waiting)();
    expect(budget.tryAcquire(10)).toBeDefined();
  });

  it('counts a release once however often it is called', async () => {
    const budget = createByteBudget(10);
    const release = await budget.acquire(4);
    release();
    release();
    expect(budget.held).toBe(0);
  });

  it('rejects a waiter with the reason of its signal and serves those behind it', async () => {
    const budget = createByteBudget(10);
    const release = await budget.acquire(5);
    const controller = new AbortController();
    const aborted = budget.acquire(10, { signal: controller.signal });
    const behind = budget.acquire(5);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    (await behind)();
    release();
    await expect(budget.acquire(1, { signal: controller.signal })).rejects.toBe(reason);
    expect(budget.held).toBe(0);
  });
});
