import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSleeper } from './sleeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  expect(left).toBe(0);
});

/** Whether a sleep is over, as time goes by. */
function watch(sleep: Promise<void>): { isOver: boolean } {
  const watched = { isOver: false };
  void sleep.then(() => {
    watched.isOver = true;
  });
  return watched;
}

describe('createSleeper', () => {
  it('dozes until its time or until it is woken', async () => {
    const sleeper = createSleeper();
    const first = watch(sleeper.doze(1000));
    await vi.advanceTimersByTimeAsync(999);
    expect(first.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(first.isOver).toBe(true);
    const second = watch(sleeper.doze(1000));
    sleeper.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(second.isOver).toBe(true);
  });

  it('does not doze past a call that came while it was awake', async () => {
    const sleeper = createSleeper();
    sleeper.wake();
    sleeper.wake();
    const first = watch(sleeper.doze(1000));
    await vi.advanceTimersByTimeAsync(0);
    expect(first.isOver).toBe(true);
    const second = watch(sleeper.doze(1000));
    await vi.advanceTimersByTimeAsync(500);
    expect(second.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(500);
  });

  it('sleeps its time whoever wakes it and wherever the clock is set', async () => {
    const sleeper = createSleeper();
    const sleep = watch(sleeper.sleep(200_000));
    vi.setSystemTime(0);
    for (let passed = 0; passed < 199_000; passed += 1000) {
      sleeper.wake();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(sleep.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sleep.isOver).toBe(true);
  });

  it('sleeps no more after its end', async () => {
    const sleeper = createSleeper();
    const sleep = watch(sleeper.sleep(200_000));
    sleeper.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(sleep.isOver).toBe(true);
    await sleeper.doze(1000);
    await sleeper.sleep(1000);
  });
});
