import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLicenseReader } from '../../license/stated-license.ts';
import { cycloneDxLicenses } from './licenses.ts';

const acknowledgement = 'declared';
const written = (...texts: string[]): unknown => cycloneDxLicenses(createLicenseReader()(texts));

describe('cycloneDxLicenses', () => {
  it.each([
    ['MIT', { license: { id: 'MIT', acknowledgement } }],
    ['GPL-2.0', { license: { id: 'GPL-2.0', acknowledgement } }],
    ['(MIT OR Apache-2.0)', { expression: '(MIT OR Apache-2.0)', acknowledgement }],
    [
      'GPL-2.0-only WITH Classpath-exception-2.0',
      { expression: 'GPL-2.0-only WITH Classpath-exception-2.0', acknowledgement },
    ],
    ['LicenseRef-Custom', { expression: 'LicenseRef-Custom', acknowledgement }],
    ['mit', { license: { id: 'MIT', acknowledgement } }],
    ['GPL-2+', { license: { id: 'GPL-2.0-or-later', acknowledgement } }],
    ['MIT or BSD-3-Clause', { expression: 'MIT OR BSD-3-Clause', acknowledgement }],
    ['GPL2 MIT', { license: { name: 'GPL2 MIT', acknowledgement } }],
    ['BSD License', { license: { name: 'BSD License', acknowledgement } }],
  ])('writes %j', (text, license) => {
    expect(written(text)).toEqual([license]);
  });

  it('writes several ids as a list', () => {
    expect(written('MIT', 'Expat', 'ISC', ' MIT ')).toEqual([
      { license: { id: 'MIT', acknowledgement } },
      { license: { id: 'ISC', acknowledgement } },
    ]);
  });

  it('writes several with an expression among them as one expression in which all hold', () => {
    expect(written('MIT', 'GPL-2+ or ISC')).toEqual([
      { expression: 'MIT AND (GPL-2.0-or-later OR ISC)', acknowledgement },
    ]);
  });

  it('writes an expression as a name beside what is none', () => {
    expect(written('BSD', 'MIT OR ISC', 'Zlib')).toEqual([
      { license: { name: 'BSD', acknowledgement } },
      { license: { name: 'MIT OR ISC', acknowledgement } },
      { license: { id: 'Zlib', acknowledgement } },
    ]);
  });

  it('writes nothing for nothing', () => {
    expect(written()).toBeUndefined();
    expect(written('  ')).toBeUndefined();
  });

  it('takes any text without throwing, deep nesting included', () => {
    expect(written('('.repeat(1_900))).toEqual([{ license: { name: '('.repeat(1_900), acknowledgement } }]);
    expect(written(`${'('.repeat(100_000)}MIT`)).toHaveLength(1);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        expect((written(...texts) as unknown[] | undefined)?.length ?? 0).toBeLessThanOrEqual(texts.length);
      }),
    );
  }, 60_000);
});
