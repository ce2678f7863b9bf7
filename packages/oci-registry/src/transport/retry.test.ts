import { describe, expect, it } from 'vitest';
import { isRetryableStatus, parseRetryAfter, retryDelay, retryPolicy } from './retry.ts';

describe('retries', () => {
  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseRetryAfter('7', now)).toBe(7000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
    expect(parseRetryAfter('Wed, 31 Dec 2025 23:59:00 GMT', now)).toBe(0);
    for (const nonsense of [undefined, '', 'soon', '-1', '1.5', '12345678901']) {
      expect(parseRetryAfter(nonsense, now)).toBeUndefined();
    }
  });

  it('doubles the wait, bounds it, and takes a random part of it', () => {
    const policy = retryPolicy({ tries: 9, baseDelay: 100, maxDelay: 300, random: () => 0.5 });
    expect([1, 2, 3, 4].map((attempt) => retryDelay(policy, attempt, undefined))).toEqual([50, 100, 150, 150]);
  });

  it('waits at least as long as the registry asks, and not at all when that is too long', () => {
    const policy = retryPolicy({ random: () => 0, maxRetryAfter: 1000 });
    expect(retryDelay(policy, 1, 900)).toBe(900);
    expect(retryDelay(policy, 1, 1001)).toBeUndefined();
  });

  it('gives up after the last try', () => {
    const policy = retryPolicy({ tries: 2 });
    expect(retryDelay(policy, 1, undefined)).toBeTypeOf('number');
    expect(retryDelay(policy, 2, undefined)).toBeUndefined();
  });

  it('retries what may pass and not what never does', () => {
    expect([408, 429, 500, 502, 503, 504, 522].every(isRetryableStatus)).toBe(true);
    expect([200, 400, 401, 403, 404, 501, 505].some(isRetryableStatus)).toBe(false);
  });

  it('sleeps until the signal aborts, and rejects with its reason', async () => {
    const { sleep } = retryPolicy();
    await sleep(1, {});
    const controller = new AbortController();
    const sleeping = sleep(60_000, { signal: controller.signal });
    controller.abort('enough');
    await expect(sleeping).rejects.toBe('enough');
  });
});
