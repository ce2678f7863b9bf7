import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.ts';

describe('SingleFlight', () => {
  it('does the work once for all who ask meanwhile, and again for who asks later', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const work = async (): Promise<number> => {
      await new Promise((resolve) => setImmediate(resolve));
      runs += 1;
      return runs;
    };
    expect(await Promise.all([flights.run('a', work), flights.run('a', work), flights.run('b', work)])).toEqual([
      1, 1, 2,
    ]);
    expect(await flights.run('a', work)).toBe(3);
  });

  it('fails for all, and forgets the failure', async () => {
    const flights = new SingleFlight<number>();
    const fail = (): Promise<number> => Promise.reject(new Error('no'));
    await expect(Promise.all([flights.run('a', fail), flights.run('a', fail)])).rejects.toThrow('no');
    expect(await flights.run('a', () => Promise.resolve(1))).toBe(1);
  });

  it('lets one caller leave while the others wait on, and aborts the work when the last has left', async () => {
    const flights = new SingleFlight<string>();
    let aborted = false;
    let finish: (value: string) => void = () => undefined;
    const work = (signal: AbortSignal): Promise<string> => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const [first, second] = [new AbortController(), new AbortController()];
    const leaver = flights.run('a', work, first.signal);
    const stayer = flights.run('a', work, second.signal);
    first.abort('first left');
    await expect(leaver).rejects.toBe('first left');
    expect(aborted).toBe(false);
    finish('done');
    expect(await stayer).toBe('done');

    const third = new AbortController();
    const alone = flights.run('a', work, third.signal);
    aborted = false;
    third.abort('all left');
    await expect(alone).rejects.toBe('all left');
    expect(aborted).toBe(true);
    await expect(flights.run('a', work, AbortSignal.abort('never came'))).rejects.toBe('never came');
  });
});
