import { describe, expect, it } from 'vitest';
import { createLicenseReader, readLicense } from './stated-license.ts';

describe('readLicense', () => {
  it.each([
    ['MIT', 'MIT'],
    ['GPL-2.0', 'GPL-2.0'],
    ['(MIT OR Apache-2.0)', '(MIT OR Apache-2.0)'],
    ['GPL-2.0+ AND LicenseRef-Ours', 'GPL-2.0+ AND LicenseRef-Ours'],
    [' GPL-2+ ', 'GPL-2.0-or-later'],
  ])('keeps what is SPDX and reads what is not: %j', (text, expression) => {
    expect(readLicense(text)).toEqual({ stated: text.trim(), expression });
  });

  it('says nothing of what is not certain', () => {
    expect(readLicense('BSD')).toEqual({ stated: 'BSD' });
    expect(readLicense('DocumentRef-a:LicenseRef-b')).toEqual({ stated: 'DocumentRef-a:LicenseRef-b' });
  });
});

describe('createLicenseReader', () => {
  it('leaves out what is empty or said twice', () => {
    expect(createLicenseReader()(['MIT', ' ', 'MIT ', 'BSD', ''])).toEqual([
      { stated: 'MIT', expression: 'MIT' },
      { stated: 'BSD' },
    ]);
  });
});
