import { describe, expect, it } from 'vitest';
import { SharedFlight } from './shared-flight.ts';

/** A task that waits until told, and counts its runs. */
function createTask() {
  const runs: { land: (value: string) => void; fail: (error: Error) => void; signal: AbortSignal }[] = [];
  const task = (signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    signal.addEventListener('abort', () => reject(signal.reason));
    runs.push({ land: resolve, fail: reject, signal });
    return promise;
  };
  return { task, runs };
}

describe('SharedFlight', () => {
  it('runs the task once for all who ask while it runs', async () => {
    const flight = new SharedFlight<string>();
    const { task, runs } = createTask();
    const both = Promise.all([flight.join(task), flight.join(task)]);
    runs[0]!.land('a');
    expect(await both).toEqual(['a', 'a']);
    const later = flight.join(task);
    runs[1]!.land('b');
    expect(await later).toBe('b');
  });

  it('lets one caller leave without disturbing the others', async () => {
    const flight = new SharedFlight<string>();
    const { task, runs } = createTask();
    const controller = new AbortController();
    const impatient = flight.join(task, controller.signal);
    const patient = flight.join(task, new AbortController().signal);
    controller.abort('gone');
    await expect(impatient).rejects.toBe('gone');
    expect(runs[0]!.signal.aborted).toBe(false);
    runs[0]!.land('a');
    expect(await patient).toBe('a');
  });

  it('aborts the task when the last caller has left, and starts anew for the next', async () => {
    const flight = new SharedFlight<string>();
    const { task, runs } = createTask();
    const controller = new AbortController();
    const only = flight.join(task, controller.signal);
    controller.abort('gone');
    const next = flight.join(task);
    await expect(only).rejects.toBe('gone');
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    runs[1]!.land('b');
    expect(await next).toBe('b');
  });

  it('gives a failure to everybody and forgets it', async () => {
    const flight = new SharedFlight<string>();
    const { task, runs } = createTask();
    const outcomes = Promise.allSettled([flight.join(task), flight.join(task)]);
    runs[0]!.fail(new Error('no'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = flight.join(task);
    runs[1]!.land('c');
    expect(await next).toBe('c');
  });

  it('starts nothing for a caller who has given up before', async () => {
    const flight = new SharedFlight<string>();
    const { task, runs } = createTask();
    await expect(flight.join(task, AbortSignal.abort('gone'))).rejects.toBe('gone');
    expect(runs).toEqual([]);
  });
});
