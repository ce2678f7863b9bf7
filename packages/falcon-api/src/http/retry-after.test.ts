import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const now = 1_786_000_000_000;

describe('X-Ratelimit-RetryAfter', () => {
  it('counts seconds since the epoch', () => {
    expect(readRetryAfter('1786000012', undefined, now)).toBe(12_000);
  });

  it('counts milliseconds since the epoch', () => {
    expect(readRetryAfter('1786000000750', undefined, now)).toBe(750);
  });

  it('gives 0 for a time that has passed', () => {
    expect(readRetryAfter('1785999999', undefined, now)).toBe(0);
  });

  it.each([undefined, '', 'soon', '-1', '1e12', '12.5', '9'.repeat(17)])('gives nothing for %j', (value) => {
    expect(readRetryAfter(value, undefined, now)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it('counts seconds from now, or is a date', () => {
    expect(readRetryAfter(undefined, '7', now)).toBe(7_000);
    expect(readRetryAfter(undefined, new Date(now + 9_000).toUTCString(), now)).toBe(9_000);
    expect(readRetryAfter(undefined, new Date(now - 9_000).toUTCString(), now)).toBe(0);
  });

  it('gives way to the header of the cloud', () => {
    expect(readRetryAfter('1786000012', '7', now)).toBe(12_000);
    expect(readRetryAfter('soon', '7', now)).toBe(7_000);
  });

  it.each(['', 'soon', '-1', 'Mon, never GMT', '2026-01-01'])('gives nothing for %j', (value) => {
    expect(readRetryAfter(undefined, value, now)).toBeUndefined();
  });
});
