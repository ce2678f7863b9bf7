import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTags, sortTags } from './list-order.ts';

const tag = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
  fc
    .array(fc.constantFrom('v', '1', '01', '10', '2', '.', '-', '_', 'rc', 'beta', 'alpine', 'Alpine', 'dev', 'x'), {
      minLength: 1,
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

describe('the order of tags', () => {
  const orders: [string, string[]][] = [
    ['numbers by their value', ['1.2', '1.9', '1.10', '1.10.1', '2', '10']],
    ['a leading v as nothing', ['v1.2', '1.3', 'v1.4']],
    ['what comes before a release', ['2.0-dev', '2.0-alpha', '2.0-beta.2', '2.0-beta.10', '2.0-rc1', '2.0']],
    ['such words without a separator', ['3.12.0a', '3.13.0beta1', '3.13.0rc2', '3.13.0']],
    ['variants after their version', ['1.2', '1.2-alpine', '1.2-alpine3.9', '1.2-alpine3.10', '1.2.1']],
    ['names before versions', ['edge', 'latest', 'rc', '1.0']],
    ['dates', ['20240131', '20241231', '20250101.2']],
    ['numbers of any length', ['99999999999999999998', '99999999999999999999', '100000000000000000000']],
    ['words that only begin so', ['1.0', '1.0-alphabet', '1.0-present']],
  ];
  it.each(orders)('has %s', (_, ordered) => {
    expect(sortTags(ordered.toReversed())).toEqual(ordered);
    expect(ordered.toReversed().sort(compareTags)).toEqual(ordered);
  });

  it('is total', () => {
    fc.assert(
      fc.property(tag, tag, tag, (a, b, c) => {
        expect(compareTags(a, b) === 0).toBe(a === b);
        expect(Math.sign(compareTags(a, b)) + Math.sign(compareTags(b, a))).toBe(0);
        if (compareTags(a, b) <= 0 && compareTags(b, c) <= 0) expect(compareTags(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves the list that it is given as it is', () => {
    const tags = ['2', '1'];
    expect(sortTags(tags)).toEqual(['1', '2']);
    expect(tags).toEqual(['2', '1']);
  });
});
