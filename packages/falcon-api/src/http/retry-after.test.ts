import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const now = 1_786_000_000_000;

describe('readRetryAfter', () => {
  it('reads seconds since the epoch', () => {
    expect(readRetryAfter('1786000012', now)).toBe(12_000);
  });

  it('reads milliseconds since the epoch', () => {
    expect(readRetryAfter('1786000000750', now)).toBe(750);
  });

  it('gives 0 for a time that has passed', () => {
    expect(readRetryAfter('1785999999', now)).toBe(0);
  });

  it.each([undefined, '', 'soon', '-1', '1e12', '12.5', '9'.repeat(17)])('gives nothing for %j', (value) => {
    expect(readRetryAfter(value, now)).toBeUndefined();
  });
});
