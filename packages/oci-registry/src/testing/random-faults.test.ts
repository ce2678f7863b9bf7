import { describe, expect, it } from 'vitest';
import type { FaultRequest } from './fault.ts';
import { type RandomFaultsOptions, randomFaults } from './random-faults.ts';

function requestFor(reference: string, range = false): FaultRequest {
  return { kind: 'blob', method: 'GET', reference, path: `/v2/a/blobs/${reference}?n=${Math.random()}`, range };
}

/** What happens to requests for things, in the order in which they are asked for. */
function faultsOf(options: RandomFaultsOptions, references: readonly string[]): Map<string, string[]> {
  const { fault } = randomFaults(options);
  if (typeof fault !== 'function') return expect.fail('the fault should be chosen for each request');
  const seen = new Map<string, string[]>();
  for (const reference of references) {
    const chosen = fault(requestFor(reference)) ?? { kind: 'none' };
    seen.set(reference, [...(seen.get(reference) ?? []), JSON.stringify(chosen)]);
  }
  return seen;
}

const many = Array.from({ length: 1000 }, (_, index) => `sha256:${index % 10}`);
// Where `busy` tells a date, it depends on the clock.
const kinds = ['cut', 'flip', 'reset', 'unavailable', 'redirect'] as const;

describe('random faults', () => {
  it('are the same for the same seed, whatever the order in which different things are asked for', () => {
    const options = { seed: 7, rate: 0.5, kinds };
    const grouped = [...many].sort();
    const first = faultsOf(options, many);
    const second = faultsOf(options, grouped);
    for (const [reference, faults] of first) expect(second.get(reference)).toEqual(faults);
    expect(faultsOf({ ...options, seed: 8 }, many)).not.toEqual(first);
  });

  it('hit about the share of requests they are to', () => {
    for (const rate of [0, 0.2, 1]) {
      const faults = [...faultsOf({ seed: 1, rate }, many).values()].flat();
      const share = faults.filter((fault) => fault !== '{"kind":"none"}').length / faults.length;
      expect(Math.abs(share - rate), `${share}`).toBeLessThan(rate === 0.2 ? 0.05 : 0.001);
    }
  });

  it('are of all kinds that end soon, or of those wanted', () => {
    const kindsOf = (options: Partial<RandomFaultsOptions>): Set<string> =>
      new Set(
        [...faultsOf({ seed: 1, rate: 1, ...options }, many).values()].flat().map((text) => {
          const { kind, status, signed } = JSON.parse(text) as {
            kind: string;
            status?: number;
            signed?: { uses: number };
          };
          return [kind, status, signed?.uses].filter((part) => part !== undefined).join(' ');
        }),
      );
    const statuses = [429, 500, 502, 503, 504].map((status) => `status ${status}`);
    const plain = ['cut', 'flip', 'length', 'reset', 'garbage', 'slow', 'expire-token', 'redirect 0', 'redirect 1'];
    expect([...kindsOf({})].sort()).toEqual([...plain, ...statuses].sort());
    expect([...kindsOf({ kinds: ['stall', 'endless', 'range'] })].sort()).toEqual(['endless', 'stall']);
  });

  it('move ranges only where there is a range, and hold for what they are to', () => {
    const { fault, on } = randomFaults({ seed: 1, rate: 1, kinds: ['range'], on: 'storage' });
    expect(on).toBe('storage');
    if (typeof fault !== 'function') return expect.fail('the fault should be chosen for each request');
    expect(fault(requestFor('a'))).toBeUndefined();
    expect(fault(requestFor('a', true))).toMatchObject({ kind: 'range' });
  });

  it('ask nobody to wait longer than they may', () => {
    const faults = [...faultsOf({ seed: 1, rate: 1, kinds: ['busy'], maxRetryAfter: 0 }, many).values()].flat();
    for (const text of faults) {
      const { retryAfter } = JSON.parse(text) as { retryAfter: number | string };
      if (typeof retryAfter === 'string') expect(Date.parse(retryAfter)).toBeLessThanOrEqual(Date.now());
      else expect(retryAfter).toBe(0);
    }
  });
});
