import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cycloneDxLicenses } from './licenses.ts';

const acknowledgement = 'declared';

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
    ['mit', { license: { name: 'mit', acknowledgement } }],
    ['MIT or BSD-3-Clause', { license: { name: 'MIT or BSD-3-Clause', acknowledgement } }],
    ['GPL2 MIT', { license: { name: 'GPL2 MIT', acknowledgement } }],
    ['BSD License', { license: { name: 'BSD License', acknowledgement } }],
  ])('writes %j', (text, license) => {
    expect(cycloneDxLicenses([text])).toEqual([license]);
  });

  it('writes several as a list, in which an expression can only be a name', () => {
    expect(cycloneDxLicenses(['MIT', 'MIT OR ISC', ' MIT '])).toEqual([
      { license: { id: 'MIT', acknowledgement } },
      { license: { name: 'MIT OR ISC', acknowledgement } },
    ]);
  });

  it('writes nothing for nothing', () => {
    expect(cycloneDxLicenses([])).toBeUndefined();
    expect(cycloneDxLicenses(['  '])).toBeUndefined();
  });

  it('takes any text without throwing, deep nesting included', () => {
    expect(cycloneDxLicenses(['('.repeat(1_900)])).toEqual([{ license: { name: '('.repeat(1_900), acknowledgement } }]);
    expect(cycloneDxLicenses([`${'('.repeat(100_000)}MIT`])).toHaveLength(1);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        expect(cycloneDxLicenses(texts)?.length ?? 0).toBeLessThanOrEqual(texts.length);
      }),
    );
  });
});
