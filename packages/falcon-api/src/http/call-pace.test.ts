import { describe, expect, it } from 'vitest';
import { CallPace } from './call-pace.ts';
import type { AnswerHead } from './exchange.ts';

/** The head of an answer with these headers. */
function answer(headers: Record<string, string>, status = 200): AnswerHead {
  const request = { method: 'GET', url: 'https://api.test/path', headers: {}, timeout: 1, maxBytes: 1 } as const;
  const header = (name: string) => headers[name];
  return { request, status, header, headerNames: Object.keys(headers), traceId: undefined };
}

/** Begins a call and ends it at once; tells how long it was to wait. */
function call(pace: CallPace, now: number): number {
  const wait = pace.begin(now);
  pace.end();
  return wait;
}

describe('the budget', () => {
  it.each([
    ['11', 0],
    ['10', 200],
    ['6', 200],
    ['5', 500],
    ['0', 500],
    ['many', 0],
    ['-1', 0],
  ])('with %j calls left holds a call up for %i ms', (remaining, wait) => {
    const pace = new CallPace();
    pace.learnBudget(answer({ 'x-ratelimit-remaining': remaining }), 1000);
    expect(call(pace, 1000)).toBe(wait);
  });

  it('spaces calls that come together', () => {
    const pace = new CallPace();
    pace.learnBudget(answer({ 'x-ratelimit-remaining': '10' }), 0);
    expect([call(pace, 0), call(pace, 0), call(pace, 100), call(pace, 5000)]).toEqual([200, 400, 500, 200]);
  });

  it('counts the calls that have not been answered', () => {
    const pace = new CallPace();
    pace.learnBudget(answer({ 'x-ratelimit-remaining': '12' }), 0);
    expect([pace.begin(0), pace.begin(0), pace.begin(0)]).toEqual([0, 0, 200]);
    for (const _ of [1, 2, 3]) {
      pace.end();
    }
    expect(call(pace, 1000)).toBe(0);
  });

  it('is forgotten after a minute, and nobody waits beyond it', () => {
    const pace = new CallPace();
    pace.learnBudget(answer({ 'x-ratelimit-remaining': '1' }), 0);
    const waits = Array.from({ length: 150 }, () => call(pace, 0));
    expect(Math.max(...waits)).toBe(60_000);
    expect(call(pace, 60_000)).toBe(0);
  });

  it('can be left alone', () => {
    const pace = new CallPace({ steps: [] });
    pace.learnBudget(answer({ 'x-ratelimit-remaining': '0' }), 0);
    expect(call(pace, 0)).toBe(0);
  });
});

describe('the cool-down', () => {
  it('lasts until the time a 429 names', () => {
    const pace = new CallPace();
    expect(pace.learnRest(answer({ 'x-ratelimit-retryafter': '30' }, 429), 10_000)).toBe(20_000);
    expect([pace.restLeft(10_000), pace.restLeft(29_999), pace.restLeft(30_000)]).toEqual([20_000, 1, 0]);
  });

  it('lasts a second where a 429 names none', () => {
    expect(new CallPace().learnRest(answer({}, 429), 0)).toBe(1000);
  });

  it('is made longer by a later 429, never shorter, and is told once', () => {
    const pace = new CallPace();
    pace.learnRest(answer({ 'retry-after': '20' }, 429), 0);
    expect(pace.learnRest(answer({ 'retry-after': '20' }, 429), 0)).toBeUndefined();
    expect(pace.learnRest(answer({ 'retry-after': '5' }, 429), 1000)).toBeUndefined();
    expect(pace.learnRest(answer({ 'retry-after': '25' }, 429), 1000)).toBe(25_000);
    expect(pace.restLeft(0)).toBe(26_000);
  });

  it('does not follow from other answers, nor from a time that has passed', () => {
    const pace = new CallPace();
    expect(pace.learnRest(answer({ 'retry-after': '20' }, 503), 0)).toBeUndefined();
    expect(pace.learnRest(answer({ 'x-ratelimit-retryafter': '1' }, 429), 5000)).toBeUndefined();
    expect(pace.restLeft(0)).toBe(0);
  });

  it('ends after a quarter of an hour, however far away the named time is', () => {
    const pace = new CallPace();
    expect(pace.learnRest(answer({ 'x-ratelimit-retryafter': '99999999' }, 429), 0)).toBe(900_000);
  });

  it('does not outlast a clock that is set back', () => {
    const pace = new CallPace();
    pace.learnRest(answer({ 'retry-after': '20' }, 429), 10_000_000);
    expect(pace.restLeft(0)).toBe(0);
  });
});
