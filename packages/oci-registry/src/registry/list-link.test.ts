import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextLink } from './list-link.ts';

describe('the next page of a Link header', () => {
  const cases: [string, string | readonly string[] | undefined, string | undefined][] = [
    ['no header', undefined, undefined],
    ['the usual form', '</v2/a/tags/list?n=2&last=b>; rel="next"', '/v2/a/tags/list?n=2&last=b'],
    ['a relation without quotes', '<next>;rel=next', 'next'],
    ['upper case', '<next>; REL="Next"', 'next'],
    ['one relation of several', '<next>; rel="last next"', 'next'],
    ['a comma and a semicolon in the target', '<?last=a,b;c>; rel="next"', '?last=a,b;c'],
    ['a link after others', '<first>; rel="first", <next>; rel="next"', 'next'],
    ['parameters before, quoted with commas', '<a>; title="x, \\"<b>; rel=next"; rel=prev, <next>; rel="next"', 'next'],
    ['parameters without a value', '<next>; crossorigin; rel=next', 'next'],
    ['the first of two relations', '<a>; rel=prev; rel=next', undefined],
    ['several headers', ['<a>; rel="prev"', '<next>; rel="next"'], 'next'],
    ['a link without a relation', '<a>', undefined],
    ['words that are no link', 'next; rel="next"', undefined],
    ['a target without an end', '<a; rel="next"', undefined],
    ['an empty target', '<>; rel="next"', ''],
  ];
  it.each(cases)('is found in %s', (_, header, expected) => {
    expect(nextLink(header)).toBe(expected);
  });

  it('is found whatever the other links are', () => {
    const text = fc.stringMatching(/^[ !#-;=?-~]{0,20}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), text, (others, target) => {
        const before = others.map(([to, title]) => `<${to}>; title="${title.replaceAll(/[\\"]/g, '\\$&')}"; rel=prev`);
        expect(nextLink([...before, `<${target}>; rel="next"`].join(', '))).toBe(target.trim());
      }),
    );
  });

  it('is looked for in linear time', () => {
    for (const piece of ['<', '<a>', '<a>;', '<a>; x="', '<a>; x=", ', ' ,', ';', '"\\', '<a>; rel', '\t']) {
      const started = performance.now();
      nextLink(piece.repeat(200_000));
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});
