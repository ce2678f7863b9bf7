import { describe, expect, it } from 'vitest';
import { isCpe, isFormattedCpe } from './cpe.ts';

describe('isFormattedCpe', () => {
  it.each([
    ['cpe:2.3:a:gnu:glibc:2.36:*:*:*:*:*:*:*', true],
    ['cpe:2.3:o:debian:debian_linux:12:-:*:en-us:*:*:x64:*', true],
    [String.raw`cpe:2.3:a:vendor:c\+\+_tool:1.0\:beta:*:*:*:*:*:*:*`, true],
    ['cpe:2.3:a:gnu:glibc:2.36:*:*:*:*:*:*', false],
    ['cpe:2.3:a:gnu:c++:2.36:*:*:*:*:*:*:*', false],
    ['cpe:2.3:a:gnu:gl ibc:2.36:*:*:*:*:*:*:*', false],
    ['cpe:/a:gnu:glibc:2.36', false],
    [`cpe:2.3:a:${'a'.repeat(100_000)}`, false],
    ['', false],
  ])('says of %.80s: %j', (text, valid) => {
    expect(isFormattedCpe(text)).toBe(valid);
  });
});

describe('isCpe', () => {
  it('takes the URI of CPE 2.2 as well', () => {
    expect(isCpe('cpe:/o:redhat:enterprise_linux:9')).toBe(true);
    expect(isCpe('cpe:/x:redhat')).toBe(false);
    expect(isCpe('cpe:2.3:a:gnu:glibc:2.36:*:*:*:*:*:*:*')).toBe(true);
  });
});
