import { describe, expect, it } from 'vitest';
import { formatPermissions } from './permissions.ts';

describe('formatPermissions', () => {
  it.each([
    [0o755, '-rwxr-xr-x'],
    [0o644, '-rw-r--r--'],
    [0o000, '----------'],
    [0o4755, '-rwsr-xr-x'],
    [0o2755, '-rwxr-sr-x'],
    [0o1777, '-rwxrwxrwt'],
    [0o4644, '-rwSr--r--'],
    [0o2644, '-rw-r-Sr--'],
    [0o1644, '-rw-r--r-T'],
    [0o7777, '-rwsrwsrwt'],
    [0o100755, '-rwxr-xr-x'],
  ])('writes %o as %s', (mode, text) => {
    expect(formatPermissions(mode)).toBe(text);
  });
});
