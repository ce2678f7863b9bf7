import fc from 'fast-check';
import parseExpression from 'spdx-expression-parse';
import { describe, expect, it } from 'vitest';
import { allOf, isSpdxExpression, spdxExpression } from './spdx-expression.ts';

describe('spdxExpression', () => {
  it.each([
    ['Expat', 'MIT'],
    ['GPL-2+ or Expat and ISC', 'GPL-2.0-or-later OR MIT AND ISC'],
    ['GPL-2+ or Artistic-2.0, and BSD-3-clause', '(GPL-2.0-or-later OR Artistic-2.0) AND BSD-3-Clause'],
    ['GPL-2+ with Autoconf exception', 'GPL-2.0-or-later WITH Autoconf-exception-2.0'],
    ['GPL-3+ with autoconf-exception', 'GPL-3.0-or-later WITH Autoconf-exception-3.0'],
    ['GPL-2 with Classpath exception', 'GPL-2.0-only WITH Classpath-exception-2.0'],
    ['Apache-2.0 WITH LLVM-exception OR MIT', 'Apache-2.0 WITH LLVM-exception OR MIT'],
    ['(GPLv2+ or MPLv2.0) and ASL 2.0', '(GPL-2.0-or-later OR MPL-2.0) AND Apache-2.0'],
    ['GPL v2 or later and the MIT License', 'GPL-2.0-or-later AND MIT'],
    ['GPL-2 | GPL-3', 'GPL-2.0-only OR GPL-3.0-only'],
    ['MIT || Apache-2.0', 'MIT OR Apache-2.0'],
    ['MIT & ISC', 'MIT AND ISC'],
    ['MIT + file LICENSE', 'MIT'],
    ['MIT/Apache-2.0', 'MIT OR Apache-2.0'],
    ['mit or LicenseRef-Ours', 'MIT OR LicenseRef-Ours'],
    ['(mit)', '(MIT)'],
    ['LGPL-2.1 or BSD-2-clause', 'LGPL-2.1-only OR BSD-2-Clause'],
  ])('reads %j', (text, expression) => {
    expect(spdxExpression(text)).toBe(expression);
    expect(() => parseExpression(expression)).not.toThrow();
  });

  it.each([
    ...['public-domain', 'GPL-2+ or BSD', 'GPL-2 with OpenSSL exception', 'ISC, or MIT, and Zlib', 'ISC or', ''],
    ...['MIT, Apache-2.0', 'MIT/X', 'MIT and/or ISC', '(MIT or ISC, and Zlib) or 0BSD', 'GPLv2+ with exceptions'],
    ...['CDDL + GPLv2 with classpath exception', 'GPL2 MIT', 'MIT (', ') MIT', 'x'.repeat(3_000)],
  ])('leaves %j as it is', (text) => {
    expect(spdxExpression(text)).toBeUndefined();
  });

  it('gives nothing but valid expressions', () => {
    const word = fc.constantFrom(
      ...['GPL-2+', 'Expat', 'and', 'or', ', and', ', or', 'with Bison exception', 'X', '(', ')', '|', '/', 'v2', '+'],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 9 }), (words) => {
        const expression = spdxExpression(words.join(' ').replaceAll(' ,', ','));
        if (expression !== undefined) expect(() => parseExpression(expression)).not.toThrow();
      }),
    );
  });

  it('takes any text of any length in no time', () => {
    const before = process.cpuUsage();
    for (const text of ['(', ' ', ' (', '>= ', 'or ', 'and/', 'v', '(a', 'a, or ', '((a)', ' or later', 'a  ', ' \t']) {
      expect(spdxExpression(text.repeat(100_000))).toBeUndefined();
      expect(spdxExpression(text.repeat(Math.floor(2_000 / text.length)))).toBeUndefined();
      expect(spdxExpression(`a${text.repeat(Math.floor(1_900 / text.length))}a`)).toBeUndefined();
    }
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['string', 'undefined']).toContain(typeof spdxExpression(text));
      }),
    );
  }, 60_000);
});

describe('isSpdxExpression', () => {
  it.each([
    ['MIT OR Apache-2.0', true],
    ['LicenseRef-Ours', true],
    ['GPL-2.0+', true],
    ['GPL-2.0-or-later AND MIT', true],
    ['MIT or Apache-2.0', false],
    ['DocumentRef-other:LicenseRef-x', false],
    ['mit', false],
    ['', false],
  ])('says of %j: %j', (text, valid) => {
    expect(isSpdxExpression(text)).toBe(valid);
  });
});

describe('allOf', () => {
  it.each([
    [['MIT'], 'MIT'],
    [['MIT', 'MIT'], 'MIT'],
    [['MIT', 'ISC OR Zlib', '(GPL-2.0-only OR 0BSD)'], 'MIT AND (ISC OR Zlib) AND (GPL-2.0-only OR 0BSD)'],
    [['A AND (B OR C)', 'D'], '(A AND (B OR C)) AND D'],
  ])('joins %j', (expressions, joined) => {
    expect(allOf(expressions)).toBe(joined);
  });
});
