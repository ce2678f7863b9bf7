import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequirement } from './parse-rich-dependency.ts';

describe('parseRequirement', () => {
  it.each<[text: string, needs: string[][]]>([
    ['bash', [['bash']]],
    ['libc.so.6(GLIBC_2.34)(64bit)', [['libc.so.6(GLIBC_2.34)(64bit)']]],
    ['(a or b or c)', [['a', 'b', 'c']]],
    ['(a and b)', [['a'], ['b']]],
    ['(a >= 1:2.0-3 with a < 4)', [['a'], ['a']]],
    ['(glibc-gconv-extra(x86-64) = 2.34-100.el9 if redhat-rpm-config)', [['glibc-gconv-extra(x86-64)']]],
    ['(a if b else c)', [['a']]],
    ['(a unless b)', [['a']]],
    ['(a without b)', [['a']]],
    ['(a and (b or (c if d)) and e)', [['a'], ['b', 'c'], ['e']]],
    ['((a or b) and c)', [['a', 'b'], ['c']]],
    ['()', []],
    ['(a', [['a']]],
    ['(a b c)', [['a']]],
    ['', [['']]],
  ])('reads %s', (text, needs) => {
    expect(parseRequirement(text)).toEqual(needs);
  });

  it('ends for every text, however deep', () => {
    expect(parseRequirement('('.repeat(100_000))).toEqual([]);
    const words = fc.array(fc.constantFrom('(', ')', ' ', 'and', 'or', 'if', 'a', 'b(x)', '>= 1'));
    fc.assert(
      fc.property(words, (parts) => {
        for (const need of parseRequirement(`(${parts.join(' ')}`)) expect(need.length).toBeGreaterThan(-1);
      }),
    );
  });
});
