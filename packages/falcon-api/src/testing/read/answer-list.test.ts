import { describe, expect, it } from 'vitest';
import type { RouteCall } from '../double-route.ts';
import { answerList } from './answer-list.ts';

const rows = ['c', 'a', 'b'].map((name) => ({ resource: name, fields: { name } }));

function answer(query: string, behaviour: Parameters<typeof answerList>[3] = {}) {
  const call = { query: new URLSearchParams(query), traceId: 't' } as RouteCall;
  return answerList(call, { filters: ['name'], queries: ['extra'], maxLimit: 100 }, rows, behaviour);
}

function body(query: string, behaviour?: Parameters<typeof answerList>[3]) {
  return answer(query, behaviour).json as { resources: unknown; meta: { pagination: unknown } };
}

describe('answerList', () => {
  it('pages, filters and sorts', () => {
    expect(body('')).toMatchObject({
      resources: ['c', 'a', 'b'],
      meta: { pagination: { limit: 100, offset: 0, total: 3 } },
    });
    expect(body('sort=name.asc&limit=2&offset=1').resources).toEqual(['b', 'c']);
    expect(body('sort=name|desc').resources).toEqual(['c', 'b', 'a']);
    expect(body("filter=name:!'a'&extra=1").resources).toEqual(['c', 'b']);
  });

  it('writes no entries as null, as a Go service does', () => {
    expect(body('offset=3').resources).toBeNull();
  });

  it('gives shorter pages than asked for, and totals that change or are not told', () => {
    expect(body('limit=3', { maxPage: 1 })).toMatchObject({
      resources: ['c'],
      meta: { pagination: { limit: 3, total: 3 } },
    });
    expect(body('limit=1', { totals: 'growing' }).meta.pagination).toMatchObject({ total: 2 });
    expect(body('limit=1&offset=2', { totals: 'growing' }).meta.pagination).toMatchObject({ total: 3 });
    expect(body('', { totals: 'absent' }).meta.pagination).toEqual({ limit: 100, offset: 0 });
  });

  it.each([
    ...['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'offset=-1', 'offset=9901', 'sort=name!desc', 'unknown=1'],
    ...['limit=1&limit=1', "filter=other:'x'", 'filter=name', 'page=2'],
  ])('refuses %s with a reason', (query) => {
    expect(answer(query)).toMatchObject({
      status: 400,
      reason: expect.stringMatching(/^(limit|offset|sort|query|filter): /),
    });
  });
});
