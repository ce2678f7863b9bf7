import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runLimited } from './run-limited.ts';

describe('work with a limit', () => {
  it('does everything, never more than the limit at a time', async () => {
    const running = { now: 0, most: 0, done: 0 };
    await runLimited(Array.from({ length: 20 }), 3, undefined, async () => {
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      await delay(1);
      running.now -= 1;
      running.done += 1;
    });
    expect(running).toEqual({ now: 0, most: 3, done: 20 });
  });

  it('stops at the first failure, and ends when everything has', async () => {
    const failure = new Error('the second');
    const ended: number[] = [];
    const started: number[] = [];
    const work = runLimited([1, 2, 3, 4, 5], 2, undefined, async (item, signal) => {
      started.push(item);
      if (item === 2) throw failure;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await delay(5);
      ended.push(item);
    });
    await expect(work).rejects.toBe(failure);
    expect({ started, ended }).toEqual({ started: [1, 2], ended: [1] });
  });

  it('ends with the reason of the signal', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const work = runLimited([1, 2], 1, abort.signal, async (_, signal) => {
      abort.abort(reason);
      signal.throwIfAborted();
    });
    await expect(work).rejects.toBe(reason);
  });
});
