import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxCopyrightLicenses, parseCopyright } from './parse-copyright.ts';

const format = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/';

describe('parseCopyright', () => {
  it('reads the License fields of the machine-readable format, each name once', () => {
    const text = `${format}
Upstream-Name: x
Source: https://example.com

Files: *
Copyright: 2020 Somebody
License: GPL-2+

Files: debian/*
Copyright: 2021 Somebody else
License: GPL-2+

Files: lib/*
License: Expat or
 BSD-3-clause

License: GPL-2+
 This program is free software. See
 /usr/share/common-licenses/GPL-2.
`;
    expect(parseCopyright(text)).toEqual({ form: 'fields', licenses: ['GPL-2+', 'Expat or'] });
  });

  it('knows the format by its older name too', () => {
    expect(parseCopyright('Format-Specification: http://x\n\nFiles: *\nLicense: ISC\n')).toEqual({
      ...{ form: 'fields', licenses: ['ISC'] },
    });
  });

  it('takes the texts that a free form refers to, and no line of it for a field', () => {
    const text =
      "This is X.\n\nLicense: see below\n\nFound in '/usr/share/common-licenses/GPL-2', and in\n/usr/share/common-licenses/Apache-2.0.\n";
    expect(parseCopyright(text)).toEqual({ form: 'references', licenses: ['GPL-2', 'Apache-2.0'] });
  });

  it('falls back to references where the fields are empty', () => {
    expect(parseCopyright(`${format}\n\nFiles: *\nLicense:\n /usr/share/common-licenses/LGPL-2.1\n`)).toEqual({
      ...{ form: 'references', licenses: ['LGPL-2.1'] },
    });
  });

  it('is nothing where no licence is named', () => {
    for (const text of ['', 'All rights reserved.\n', `${format}\n`]) expect(parseCopyright(text)).toBeUndefined();
  });

  it('ends at its limits', () => {
    const many = Array.from({ length: maxCopyrightLicenses + 9 }, (_, index) => `License: l${index}\n`).join('\n');
    expect(parseCopyright(`${format}\n\n${many}`)?.licenses).toHaveLength(maxCopyrightLicenses);
    expect(parseCopyright(`${format}\n\nLicense: ${'long '.repeat(100)}\n`)).toBeUndefined();
  });

  it('reads any text without throwing, into plain JSON', { timeout: 60_000 }, () => {
    const words = fc.constantFrom('Format: x', 'License:', ' ', '\n', '/usr/share/common-licenses/', 'GPL', '+', '.1');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const result = parseCopyright(input) ?? {};
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});
