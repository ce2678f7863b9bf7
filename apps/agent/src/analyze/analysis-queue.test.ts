import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sightingOf } from '../workload/image-sighting.test-support.ts';
import type { ImageSighting } from '../workload/workloads.ts';
import { type AnalysisQueueOptions, createAnalysisQueue } from './analysis-queue.ts';

/** Analyses that end when they are told to. */
function workshop(options: Partial<AnalysisQueueOptions> = {}) {
  const begun: string[] = [];
  const settled: string[] = [];
  const forgotten: string[] = [];
  const failures: unknown[] = [];
  const works = new Map<string, PromiseWithResolvers<string>>();
  const signals: AbortSignal[] = [];
  const nameOf = ({ key, context }: ImageSighting): string => `${key}/${context.podName}`;
  const queue = createAnalysisQueue({
    concurrency: 2,
    analyze(sighting, signal) {
      begun.push(nameOf(sighting));
      signals.push(signal);
      const work = Promise.withResolvers<string>();
      works.set(sighting.key, work);
      signal.addEventListener('abort', () => work.reject(signal.reason));
      return work.promise;
    },
    settle: (identity, sightings) => settled.push(`${identity}: ${sightings.map(nameOf).join(' ')}`),
    onFailure(_, error) {
      failures.push(error);
      return 1000;
    },
    onForgotten: (sighting) => forgotten.push(nameOf(sighting)),
    ...options,
  });
  return {
    ...{ queue, begun, settled, forgotten, failures, signals },
    add: (key: string, pod = 'a', delay?: number) => queue.add(sightingOf({ key, pod }), delay),
    /** Ends the analysis of a key. */
    async end(key: string, error?: unknown): Promise<void> {
      if (error === undefined) works.get(key)!.resolve(`identity of ${key}`);
      else works.get(key)!.reject(error);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  // Whatever was left would keep the agent from ending.
  const left = vi.getTimerCount();
  vi.useRealTimers();
  expect(left).toBe(0);
});

describe('createAnalysisQueue', () => {
  it('analyses an image once and settles it for all containers that ran it meanwhile', async () => {
    const { queue, add, end, begun, settled } = workshop();
    add('x', 'a');
    add('x', 'b');
    expect([queue.running, queue.length]).toEqual([1, 0]);
    await end('x');
    expect(begun).toEqual(['x/a']);
    expect(settled).toEqual(['identity of x: x/a x/b']);
    expect(queue.running).toBe(0);
  });

  it('takes an image again that comes after it was settled', async () => {
    const { add, end, begun } = workshop();
    add('x');
    await end('x');
    add('x', 'b');
    expect(begun).toEqual(['x/a', 'x/b']);
    await end('x');
  });

  it('analyses no more at the same time than it may, in the order they came', async () => {
    const { queue, add, end, begun } = workshop();
    for (const key of ['1', '2', '3', '4']) add(key);
    expect([begun.length, queue.running, queue.length]).toEqual([2, 2, 2]);
    await end('2');
    expect(begun).toEqual(['1/a', '2/a', '3/a']);
    await end('1');
    await end('3');
    await end('4');
    expect([queue.running, queue.length]).toEqual([0, 0]);
  });

  it('waits for the time an image is due, without a place among those that run', async () => {
    const { queue, add, begun, end } = workshop({ concurrency: 1 });
    add('later', 'a', 5000);
    add('now');
    expect([begun, queue.length]).toEqual([['now/a'], 0]);
    await end('now');
    await vi.advanceTimersByTimeAsync(4999);
    expect(begun).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['now/a', 'later/a']);
    await end('later');
  });

  it('tries a failed image again after its rest', async () => {
    const { queue, add, end, begun, failures, settled } = workshop();
    add('x', 'a');
    await end('x', new Error('broken'));
    add('x', 'b');
    expect([queue.running, queue.length, begun.length]).toEqual([0, 0, 1]);
    await vi.advanceTimersByTimeAsync(1000);
    await end('x', new Error('still broken'));
    await vi.advanceTimersByTimeAsync(1000);
    await end('x');
    expect(begun).toEqual(['x/a', 'x/a', 'x/a']);
    expect(failures).toHaveLength(2);
    expect(settled).toEqual(['identity of x: x/a x/b']);
  });

  it('tries at once the other pull secrets of an image that may not be read, each once', async () => {
    const { queue, end, begun, failures, settled } = workshop();
    const denied = Object.assign(new Error('denied'), { code: 'DENIED' });
    for (const [pod, access] of [
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
      ['d', '3'],
    ] as const) {
      queue.add(sightingOf({ key: 'x', pod, access }));
    }
    await end('x', denied);
    await end('x', denied);
    expect([begun, failures]).toEqual([['x/a', 'x/c', 'x/d'], []]);
    await end('x');
    expect(settled).toEqual(['identity of x: x/a x/b x/c x/d']);
  });

  it('does not wait out the rest of an image when a container with other pull secrets comes', async () => {
    const { queue, end, begun, failures } = workshop();
    const refused = Object.assign(new Error('who are you'), { code: 'UNAUTHORIZED' });
    queue.add(sightingOf({ key: 'x', pod: 'a', access: '1' }));
    await end('x', refused);
    expect(failures).toEqual([refused]);
    queue.add(sightingOf({ key: 'x', pod: 'b', access: '1' }));
    expect(begun).toEqual(['x/a']);
    queue.add(sightingOf({ key: 'x', pod: 'c', access: '2' }));
    expect(begun).toEqual(['x/a', 'x/c']);
    await end('x');
  });

  it('counts what fails when it is settled as a failure', async () => {
    const full = new Error('disk full');
    let isFull = true;
    const settle = (): void => {
      if (isFull) throw full;
    };
    const { add, end, failures, begun } = workshop({ settle });
    add('x');
    await end('x');
    expect(failures).toEqual([full]);
    isFull = false;
    await vi.advanceTimersByTimeAsync(1000);
    await end('x');
    expect(begun).toHaveLength(2);
  });

  it('forgets an image that is not to be tried again', async () => {
    const { add, end, begun } = workshop({ onFailure: () => undefined });
    add('x');
    await end('x', new Error('no image'));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(begun).toEqual(['x/a']);
    add('x', 'b');
    expect(begun).toEqual(['x/a', 'x/b']);
    await end('x');
  });

  it('remembers a thousand containers of an image that waits', async () => {
    const settle = vi.fn();
    const { add, end } = workshop({ settle });
    for (let pod = 0; pod < 1500; pod += 1) add('x', `${pod}`);
    await end('x');
    expect(settle.mock.lastCall?.[1]).toHaveLength(1000);
  });

  it('lets ten thousand failed images rest and forgets the one that rests longest beyond', async () => {
    const { queue, forgotten, add, begun, end } = workshop({ concurrency: 1 });
    for (let key = 0; key <= 10_000; key += 1) add(`${key}`, 'a', 60_000 + key);
    expect(forgotten).toEqual(['0/a']);
    add('0', 'again');
    expect(begun).toEqual(['0/again']);
    await end('0');
    await queue.drain();
  });

  it('drains: ends what runs, starts nothing more and takes nothing in', async () => {
    const { queue, add, end, begun, settled } = workshop({ concurrency: 1 });
    for (const key of ['1', '2']) add(key);
    add('later', 'a', 5000);
    let isDrained = false;
    const drained = queue.drain().then(() => {
      isDrained = true;
    });
    add('3');
    await vi.advanceTimersByTimeAsync(10_000);
    expect([isDrained, begun]).toEqual([false, ['1/a']]);
    await end('1');
    await drained;
    expect(settled).toEqual(['identity of 1: 1/a']);
    expect(begun).toHaveLength(1);
  });

  it('lets what fails while it drains rest no more', async () => {
    const { queue, add, end, failures } = workshop();
    add('x');
    const drained = queue.drain();
    await end('x', new Error('late'));
    await drained;
    expect(failures).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('aborts what runs, which is no failure', async () => {
    const { queue, add, signals, failures } = workshop();
    add('x');
    add('y');
    const drained = queue.drain();
    queue.abort('SIGTERM');
    await drained;
    expect(signals.map(({ reason }) => reason as unknown)).toEqual(['SIGTERM', 'SIGTERM']);
    expect([failures, queue.running]).toEqual([[], 0]);
  });
});
