import fc from 'fast-check';
import parseExpression from 'spdx-expression-parse';
import { describe, expect, it } from 'vitest';
import { spdxExpression, spdxLicenseId } from './spdx-license.ts';

describe('spdxLicenseId', () => {
  it.each([
    ['GPL-2', 'GPL-2.0-only'],
    ['GPL-2+', 'GPL-2.0-or-later'],
    ['gpl-3.0+', 'GPL-3.0-or-later'],
    ['GPLv2+', 'GPL-2.0-or-later'],
    ['LGPL-2.1', 'LGPL-2.1-only'],
    ['AGPL-3+', 'AGPL-3.0-or-later'],
    ['GFDL-1.3', 'GFDL-1.3-only'],
    ['GFDL-NIV-1.3+', 'GFDL-1.3-no-invariants-or-later'],
    ['GPL-2.0-only', 'GPL-2.0-only'],
    ['Expat', 'MIT'],
    ['zlib', 'Zlib'],
    ['BSD-3-clause', 'BSD-3-Clause'],
    ['Apache-2.0', 'Apache-2.0'],
    ['CC0', 'CC0-1.0'],
  ])('knows %s', (name, id) => {
    expect(spdxLicenseId(name)).toBe(id);
  });

  it.each(['GPL', 'BSD', 'public-domain', 'Artistic', 'GPL-9', 'LGPL-2.7', 'constructor', ''])(
    'leaves %j open',
    (name) => {
      expect(spdxLicenseId(name)).toBeUndefined();
    },
  );
});

describe('spdxExpression', () => {
  it.each([
    ['Expat', 'MIT'],
    ['GPL-2+ or Expat and ISC', 'GPL-2.0-or-later OR MIT AND ISC'],
    ['GPL-2+ or Artistic-2.0, and BSD-3-clause', '(GPL-2.0-or-later OR Artistic-2.0) AND BSD-3-Clause'],
    ['GPL-2+ with Autoconf exception', 'GPL-2.0-or-later WITH Autoconf-exception-2.0'],
    ['GPL-3+ with autoconf-exception', 'GPL-3.0-or-later WITH Autoconf-exception-3.0'],
    ['GPL-2 with Classpath exception', 'GPL-2.0-only WITH Classpath-exception-2.0'],
  ])('reads %j', (text, expression) => {
    expect(spdxExpression(text)).toBe(expression);
    expect(() => parseExpression(expression)).not.toThrow();
  });

  it.each([
    'public-domain',
    'GPL-2+ or BSD',
    'GPL-2 with OpenSSL exception',
    'ISC with Autoconf exception',
    'ISC, or MIT, and Zlib',
    'ISC or',
    '',
    'x'.repeat(600),
  ])('leaves %j as it is', (text) => {
    expect(spdxExpression(text)).toBeUndefined();
  });

  it('gives nothing but valid expressions', () => {
    const word = fc.constantFrom(
      'GPL-2+',
      'Expat',
      'and',
      'or',
      ', and',
      ', or',
      'with Bison exception',
      'X',
      '(',
      ')',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 9 }), (words) => {
        const expression = spdxExpression(words.join(' ').replaceAll(' ,', ','));
        if (expression !== undefined) expect(() => parseExpression(expression)).not.toThrow();
      }),
    );
  });
});
