import { describe, expect, it } from 'vitest';
import { nextAtHand } from '../event/flatten.ts';
import { walkLayer } from '../event/walk-layer.ts';
import { extractLimits } from '../extract-limits.ts';
import { blobOf, collect, packTar } from '../layer.test-support.ts';
import { indexLayer } from './index-layer.ts';
import { type IndexedEvent, LayerIndexBuilder } from './layer-index-builder.ts';
import { PassingEvents } from './passing-events.ts';

const paths = ['a', 'b', 'c', 'd'];
const file = (path: string): IndexedEvent => ({ kind: 'file', path });

/** Events of which all but the first are at hand once it was given. */
function atHandAfterFirst(events: IndexedEvent[]): AsyncIterable<IndexedEvent> {
  const left = [...events];
  let first = true;
  const next = async (): Promise<IteratorResult<IndexedEvent>> => {
    first = false;
    const value = left.shift();
    return value === undefined ? { done: true, value } : { done: false, value };
  };
  const iterator = { next, [nextAtHand]: () => (first ? undefined : left.shift()) };
  return { [Symbol.asyncIterator]: () => iterator };
}

function passing(events: AsyncIterable<IndexedEvent>, limits = {}): PassingEvents<IndexedEvent> {
  return new PassingEvents(events, new LayerIndexBuilder({ ...extractLimits, ...limits }));
}

describe('PassingEvents', () => {
  it('indexes events that are at hand like those that are waited for', async () => {
    const events = passing(atHandAfterFirst(paths.map(file)));
    expect((await collect(events)).map(({ path }) => path)).toEqual(paths);
    expect(events.index().entries.byteLength).toBe((paths.length + 1) * 16);
    expect(events.index()).toBe(events.index());
  });

  it('passes events in their order, however many calls wait', async () => {
    const events = passing(atHandAfterFirst(paths.map(file)));
    const steps = await Promise.all(Array.from({ length: 6 }, () => events.next()));
    expect(steps.map(({ value }) => value?.path)).toEqual([...paths, undefined, undefined]);
  });

  it('makes the same index of a layer in one chunk and in chunks of its own for each block', async () => {
    const bytes = await packTar(Array.from({ length: 50 }, (_, index) => ({ name: `d/${index % 40}`, content: 'x' })));
    const entries = await Promise.all(
      [512, 1300, bytes.byteLength].map(async (chunk) => {
        const { events, index } = indexLayer(walkLayer(blobOf(bytes, undefined, chunk)));
        expect(await collect(events)).toHaveLength(50);
        return Buffer.from(index().entries).toString('hex');
      }),
    );
    expect(new Set(entries).size).toBe(1);
  });

  it('closes the source where the index cannot take an event, and ends', async () => {
    let closed = 0;
    const links = paths.map((path): IndexedEvent => ({ kind: 'symlink', path, target: 'x'.repeat(60) }));
    for (const ending of [async () => ({ done: true, value: undefined }) as const, () => Promise.reject('closing')]) {
      const iterator = atHandAfterFirst(links)[Symbol.asyncIterator]();
      const source = { next: () => iterator.next(), return: () => [closed++, ending()][1] as Promise<never> };
      const events = passing({ [Symbol.asyncIterator]: () => source }, { linkTextBytes: 100 });
      await events.next();
      await expect(events.next()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
      expect(await events.next()).toEqual({ done: true, value: undefined });
      expect(() => events.index()).toThrow(expect.objectContaining({ code: 'INDEX_INCOMPLETE' }));
    }
    expect(closed).toBe(2);
  });
});
