import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileLabelGlob } from './label-glob.ts';

describe('globs of host labels', () => {
  it.each([
    ['*', 'anything'],
    ['a*c', 'abc'],
    ['a*c', 'ac'],
    ['*-good', 'prefix-good'],
    ['**a**b*', 'xxayyb'],
    ['r[0-9]', 'r7'],
    ['r[abx-z]s', 'rys'],
    ['*[0-9]*', 'west2a'],
  ])('%s covers %s', (glob, label) => {
    expect(compileLabelGlob(glob)?.(label)).toBe(true);
  });

  it.each([
    ['k*', 'quay'],
    ['a*c', 'abcd'],
    ['*a', 'b'],
    ['r[0-9]', 'r'],
    ['r[0-9]', 'r77'],
    ['r[0-9]', 'ra'],
    ['', 'a'],
  ])('%s does not cover %s', (glob, label) => {
    expect(compileLabelGlob(glob)?.(label)).toBe(false);
  });

  it.each(['a[', 'a[]', 'a[b', 'a[b-', 'a[b-]', 'a[-b]', 'a[]b]'])('%s is malformed', (glob) => {
    expect(compileLabelGlob(glob)).toBeUndefined();
  });

  it('agrees with the regular expression that says the same', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '[ab]', '[b-c]'), maxLength: 6 });
    const label = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(glob, label, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        expect(compileLabelGlob(pattern)?.(text)).toBe(expression.test(text));
      }),
    );
  });

  it('is not slow for globs made to be slow', () => {
    const began = performance.now();
    expect(compileLabelGlob(`${'*a'.repeat(2000)}b`)?.('a'.repeat(4000))).toBe(false);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
