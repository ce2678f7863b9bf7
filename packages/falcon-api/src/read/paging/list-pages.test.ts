import { describe, expect, it } from 'vitest';
import { FalconError } from '../../falcon-error.ts';
import type { RouteCall } from '../../testing/double-route.ts';
import { answerList } from '../../testing/read/answer-list.ts';
import type { ReadSideOptions } from '../../testing/read/read-options.ts';
import { neededText } from '../call/model.ts';
import { collect, deskOver, route } from '../read-desk.test-support.ts';
import type { ListOptions, PageSeen } from './list-options.ts';
import { walkList } from './list-pages.ts';

const path = '/list/v1';

/** A list of texts that are their own numbers, served as the double serves lists. */
function listOf(count: number, behaviour: ReadSideOptions = {}) {
  const rows = Array.from({ length: count }, (_, index) => ({ resource: String(index), fields: {} }));
  return served((call) => answerList(call, { filters: ['name'], maxLimit: 100 }, rows, behaviour));
}

function served(answer: (call: RouteCall) => { status: number; json?: unknown }) {
  const { desk, calls } = deskOver([route(path, answer)]);
  const walk = (options: ListOptions = {}) => walkList(desk, { path, schema: neededText }, options);
  return { walk, calls };
}

/** A page in the cloud's envelope. */
function page(resources: unknown, pagination?: unknown) {
  return { status: 200, json: { meta: { pagination }, errors: [], resources } };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

describe('walkList', () => {
  it('gives every entry once, with as few calls as the cloud allows', async () => {
    const { walk, calls } = listOf(250);
    expect(await collect(walk())).toEqual(numbers(250));
    expect(calls).toEqual([0, 100, 200].map((offset) => `GET ${path}?limit=100&offset=${offset}`));
  });

  it.each(['exact', 'growing', 'absent'] as const)(
    'gets on over pages shorter than asked for, total %s',
    async (totals) => {
      const { walk } = listOf(23, { maxPage: 4, totals });
      expect(await collect(walk({ pageSize: 10 }))).toEqual(numbers(23));
    },
  );

  it('gives nothing of an empty list', async () => {
    const { walk, calls } = listOf(0);
    expect(await collect(walk())).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  it('passes filter and sort on as they are', async () => {
    const { walk, calls } = listOf(1);
    await collect(walk({ filter: "name:!'a b'", sort: 'name|desc' }));
    expect(calls[0]).toBe(`GET ${path}?filter=name:!'a+b'&sort=name|desc&limit=100&offset=0`);
  });

  it('begins where the caller says', async () => {
    const { walk } = listOf(7);
    expect(await collect(walk({ offset: 5 }))).toEqual(['5', '6']);
  });

  it('makes no further call when the loop is left early, not even at the end of a page', async () => {
    const { walk, calls } = listOf(250);
    for await (const entry of walk({ pageSize: 10 })) {
      if (entry === '9') {
        break;
      }
    }
    expect(calls).toHaveLength(1);
  });

  it('follows a token where the cloud gives one, and then sends no offset', async () => {
    const pages = [page(['a'], { after: 't1' }), page(['b'], { after: 't2' }), page(['c'], { after: '' })];
    const { walk, calls } = served(() => pages.shift() ?? page([]));
    expect(await collect(walk())).toEqual(['a', 'b', 'c']);
    expect(calls.slice(0, 3)).toEqual([
      `GET ${path}?limit=100&offset=0`,
      `GET ${path}?limit=100&after=t1`,
      `GET ${path}?limit=100&after=t2`,
    ]);
  });

  it('ends at the newest total when entries vanish on the way', async () => {
    const pages = [page(['a', 'b'], { total: 9 }), page(['c'], { total: 3 })];
    const { walk, calls } = served(() => pages.shift() ?? page(['never']));
    expect(await collect(walk())).toEqual(['a', 'b', 'c']);
    expect(calls).toHaveLength(2);
  });

  it('tells of each page before its entries', async () => {
    const seen: PageSeen[] = [];
    const { walk } = listOf(5, { maxPage: 3 });
    await collect(walk({ onPage: (each) => seen.push(each) }));
    expect(seen).toEqual([
      { offset: 0, received: 3, total: 5 },
      { offset: 3, received: 2, total: 5 },
    ]);
  });

  it('stops between two entries of a page when it is aborted', async () => {
    const controller = new AbortController();
    const { walk } = listOf(5);
    const got: string[] = [];
    const loop = async () => {
      for await (const entry of walk({ signal: controller.signal })) {
        got.push(entry);
        controller.abort(new Error('enough'));
      }
    };
    await expect(loop()).rejects.toThrow('enough');
    expect(got).toEqual(['0']);
  });

  it.each([20_000, 10_000, 0])('gives all that can be paged through, and then says so, total %d', async (total) => {
    const { walk, calls } = served(({ query }) => {
      const from = Number(query.get('offset'));
      return page(
        Array.from({ length: Number(query.get('limit')) }, (_, index) => from + index),
        { total },
      );
    });
    const got: string[] = [];
    const error = await (async () => {
      for await (const entry of walk({ offset: 9850 })) {
        got.push(entry);
      }
    })().catch((reason: unknown) => reason);
    expect(got).toHaveLength(150);
    expect(calls.at(-1)).toBe(`GET ${path}?limit=50&offset=9950`);
    expect(error).toBeInstanceOf(FalconError);
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID', hint: expect.stringContaining('export') });
  });

  it('does not walk for ever where the cloud ignores the offset', async () => {
    const { walk, calls } = served(() => page(['same']));
    await expect(collect(walk())).rejects.toMatchObject({ code: 'RESPONSE_INVALID' });
    expect(calls).toHaveLength(2);
  });

  it.each([{ pageSize: 0 }, { pageSize: 101 }, { pageSize: 1.5 }, { offset: -1 }, { offset: 10_000 }])(
    'refuses %j before any call',
    async (options) => {
      const { walk, calls } = listOf(1);
      await expect(collect(walk(options))).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
      expect(calls).toEqual([]);
    },
  );
});
