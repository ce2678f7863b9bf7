import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestRate } from './request-rate.ts';

describe('RequestRate', () => {
  it('lets no second have more requests than allowed, whenever they come', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 60 });
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 5 }), (gaps, most) => {
        let now = 0;
        const rate = new RequestRate(most, () => now);
        const begun = gaps.map((gap) => {
          now += gap;
          return now + rate.reserve();
        });
        for (const start of begun) {
          expect(begun.filter((time) => time >= start && time < start + 1000).length).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('lets requests begin at once where they are few, and a longer span pass where less than one is allowed', () => {
    let now = 0;
    const rate = new RequestRate(0.5, () => now);
    expect(rate.reserve()).toBe(0);
    expect(rate.reserve()).toBe(2000);
    now = 10_000;
    expect(rate.reserve()).toBe(0);
  });
});
