import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContentRange } from './content-range.ts';
import { ResumeAllowance } from './resume-allowance.ts';

describe('ResumeAllowance', () => {
  it('counts failures anew after progress worth it', () => {
    const allowance = new ResumeAllowance(10_000_000);
    expect([0, 10, 20].map((offset) => allowance.cutAt(offset))).toEqual([1, 2, 3]);
    expect(allowance.cutAt(70_000)).toBe(1);
    expect(new ResumeAllowance(160).cutAt(10)).toBe(1);
  });

  it('ends in any case', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 101, maxLength: 120 }), (steps) => {
        const allowance = new ResumeAllowance(1e12);
        let offset = 0;
        const failures = steps.map((step) => {
          offset += step;
          return allowance.cutAt(offset);
        });
        expect(failures.slice(100)).toEqual(failures.slice(100).map(() => undefined));
      }),
    );
  });
});

describe('parseContentRange', () => {
  it('reads one range of bytes, and nothing else', () => {
    expect(parseContentRange('bytes 5-9/10')).toEqual({ first: 5, last: 9, total: 10 });
    expect(parseContentRange(' Bytes 0-0/* ')).toEqual({ first: 0, last: 0, total: undefined });
    for (const text of [undefined, '', 'bytes */10', 'bytes 9-5/10', 'items 1-2/3', 'bytes 1-2', 'bytes 1-2,4-5/9']) {
      expect(parseContentRange(text)).toBeUndefined();
    }
  });
});
