import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, spdxSupplier } from './supplier.ts';

describe('spdxSupplier', () => {
  it.each([
    ['Ada Lovelace <ada@example.com>', 'Person: Ada Lovelace (ada@example.com)'],
    ['Ada (at home) <ada@example.com> (https://example.com)', 'Person: Ada at home (ada@example.com)'],
    ['Debian QA Group <packages@qa.debian.org>', 'Organization: Debian QA Group (packages@qa.debian.org)'],
    ['Red Hat, Inc.', 'Organization: Red Hat, Inc.'],
    ['<ada@example.com>', 'Person: ada@example.com (ada@example.com)'],
    ['Natanael Copa\n<n@example.com>', 'Person: Natanael Copa (n@example.com)'],
    ['(nobody)', 'Organization: nobody'],
    ['()', undefined],
    [' \u0000 ', undefined],
  ])('names %j', (text, supplier) => {
    expect(spdxSupplier(text)).toBe(supplier);
  });

  it('is one line in the form of the standard, whatever metadata says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const supplier = spdxSupplier(text);
        if (supplier !== undefined) expect(supplier).toMatch(/^(?:Person|Organization): [^()\n\r]+(?: \([^()\s]+\))?$/);
      }),
    );
  });
});

describe('oneLine', () => {
  it('has no line breaks, control characters or lone surrogates', () => {
    expect(oneLine(' a\r\nb\u0000\u2028c\ud800 ')).toBe('a b c\u{fffd}');
  });
});
