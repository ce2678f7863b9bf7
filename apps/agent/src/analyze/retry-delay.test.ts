import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from './describe-failure.ts';
import { longestRest, retryDelay } from './retry-delay.ts';

const failure = (part: Partial<Failure> = {}): Failure => ({
  ...{ code: 'NETWORK', reason: 'x', hint: undefined, retryable: false, retryAfter: undefined },
  ...part,
});
const middle = () => 0.5;
const hour = 3_600_000;

describe('retryDelay', () => {
  it.each([
    ['what may pass by itself', failure({ retryable: true }), [5_000, 10_000, 20_000], 600_000],
    ['a right that somebody may give', failure({ code: 'DENIED' }), [60_000, 120_000, 240_000], hour],
    ['an identity that somebody may mend', failure({ code: 'CREDENTIALS_UNAVAILABLE' }), [60_000, 120_000], hour],
    ['a broken image', failure({ code: 'MANIFEST_INVALID' }), [hour, 2 * hour, 4 * hour], 24 * hour],
  ])('doubles the rest for %s up to an end', (_, what, first, longest) => {
    expect(first.map((_delay, index) => retryDelay(what, index + 1, middle))).toEqual(first);
    expect(retryDelay(what, 1000, middle)).toBe(longest);
  });

  it('waits as long as it was asked to, but not longer than it ever would', () => {
    const asked = (retryAfter: number) => retryDelay(failure({ retryable: true, retryAfter }), 1, middle);
    expect([asked(100), asked(30_000), asked(10 * hour)]).toEqual([5_000, 30_000, 600_000]);
  });

  it('is a whole number of ms that a timer takes, whatever comes', () => {
    const failures = fc.record({
      code: fc.constantFrom('NETWORK', 'DENIED', 'UNEXPECTED'),
      reason: fc.string(),
      hint: fc.constant(undefined),
      retryable: fc.boolean(),
      retryAfter: fc.option(fc.double({ min: 0, noNaN: true }), { nil: undefined }),
    });
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(failures, fc.integer({ min: 1, max: 1e6 }), chance, chance, (what, attempts, one, other) => {
        const delay = retryDelay(what, attempts, () => one);
        expect(Number.isSafeInteger(delay) && delay >= 4000 && delay <= longestRest).toBe(true);
        expect(longestRest).toBeLessThan(2 ** 31);
        // Chance is no more than a quarter of it, so the next rest is never much shorter.
        expect(retryDelay(what, attempts + 1, () => other)).toBeGreaterThanOrEqual(Math.floor(delay * (0.875 / 1.125)));
      }),
    );
  });
});
