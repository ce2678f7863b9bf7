import { describe, expect, it } from 'vitest';
import { withoutCredentials } from './without-credentials.ts';

describe('withoutCredentials', () => {
  it.each([
    ['https://user:secret@example.com/a.git', 'https://example.com/a.git'],
    ['git+https://ghp_0123456789012345678901234567@github.com/o/r', 'git+https://github.com/o/r'],
    ['https://:secret@example.com?x=a@b', 'https://example.com?x=a@b'],
    ['https://user:p@ss@example.com/', 'https://example.com/'],
  ])('takes them out of %s', (address, expected) => {
    expect(withoutCredentials(address)).toBe(expected);
  });

  it.each([
    'https://example.com/@scope/name',
    'ssh://git@example.com/o/r.git',
    'git@example.com:o/r.git',
    'github:o/r',
    'file:///srv/a@b',
    '',
  ])('leaves %s alone', (address) => {
    expect(withoutCredentials(address)).toBe(address);
  });
});
