import { describe, expect, it } from 'vitest';
import { type AtHand, flatten, nextAtHand, queued } from './flatten.ts';

interface Item {
  readonly name: string;
}

const items = (...names: readonly string[]): AtHand<Item> => queued(names.map((name) => ({ name })));

/** Runs, and what became of the generator that gives them. */
function source(runs: readonly AtHand<Item>[]): { runs: AsyncGenerator<AtHand<Item>, void>; log: unknown[] } {
  const log: unknown[] = [];
  return { log, runs: generate() };

  async function* generate(): AsyncGenerator<AtHand<Item>, void> {
    try {
      for (const run of runs) yield run;
    } catch (error) {
      log.push(error);
      throw error;
    } finally {
      log.push('closed');
    }
  }
}

function failing(error: unknown): AtHand<Item> {
  const before = [{ name: 'before' }];
  const next = (): Item => {
    const item = before.pop();
    if (item === undefined) throw error;
    return item;
  };
  return { [nextAtHand]: next };
}

describe('flatten', () => {
  it('gives the items of all runs in turn, also past empty ones', async () => {
    const { runs } = source([items(), items('a', 'b'), items(), items(), items('c')]);
    const names: string[] = [];
    for await (const { name } of flatten(runs)) names.push(name);
    expect(names).toEqual(['a', 'b', 'c']);
  });

  it('takes no item before it is asked for it', async () => {
    const taken: string[] = [];
    const run = items('a', 'b');
    const taking = (): Item | undefined => {
      const item = run[nextAtHand]();
      if (item !== undefined) taken.push(item.name);
      return item;
    };
    const flat = flatten(source([{ [nextAtHand]: taking }]).runs);
    expect(taken).toEqual([]);
    await flat.next();
    expect(taken).toEqual(['a']);
    await flat.next();
    expect(taken).toEqual(['a', 'b']);
  });

  it('answers calls in their order, however many wait', async () => {
    const flat = flatten(source([items('a', 'b', 'c'), items('d')]).runs);
    const steps = await Promise.all(Array.from({ length: 6 }, () => flat.next()));
    expect(steps.map(({ value }) => value?.name)).toEqual(['a', 'b', 'c', 'd', undefined, undefined]);
  });

  it('has items at hand inside a run, and none while a call waits', async () => {
    const flat = flatten(source([items('a', 'b'), items('c')]).runs);
    expect(flat[nextAtHand]()).toBeUndefined();
    const first = flat.next();
    expect(flat[nextAtHand]()).toBeUndefined();
    await first;
    expect(flat[nextAtHand]()).toEqual({ name: 'b' });
    expect(flat[nextAtHand]()).toBeUndefined();
    expect(await flat.next()).toEqual({ done: false, value: { name: 'c' } });
  });

  it('throws what a run throws into the generator, which decides what comes of it', async () => {
    const error = new Error('run');
    for (const ask of ['next', nextAtHand] as const) {
      const { runs, log } = source([failing(error), items('never')]);
      const flat = flatten(runs);
      expect(await flat.next()).toMatchObject({ value: { name: 'before' } });
      if (ask === nextAtHand) expect(flat[nextAtHand]()).toBeUndefined();
      await expect(flat.next()).rejects.toBe(error);
      expect(log).toEqual([error, 'closed']);
      expect(await flat.next()).toEqual({ done: true, value: undefined });
    }
  });

  it('closes the generator when it is closed, in the middle of a run too', async () => {
    const { runs, log } = source([items('a', 'b')]);
    for await (const _ of flatten(runs)) break;
    expect(log).toEqual(['closed']);
    const disposed = source([items('a', 'b')]);
    const flat = flatten(disposed.runs);
    await flat.next();
    await flat[Symbol.asyncDispose]();
    expect(disposed.log).toEqual(['closed']);
    expect(await flat.next()).toEqual({ done: true, value: undefined });
  });

  it('passes a reason thrown into it on', async () => {
    const { runs, log } = source([items('a', 'b')]);
    const flat = flatten(runs);
    await flat.next();
    await expect(flat.throw('reason')).rejects.toBe('reason');
    expect(log).toEqual(['reason', 'closed']);
  });
});
