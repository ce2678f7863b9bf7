import { expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const now = Date.UTC(2026, 0, 1);

it.each([
  ['0', 0],
  [' 12 ', 12_000],
  ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  [undefined, undefined],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['not a day GMT', undefined],
])('readRetryAfter(%j) is %j', (value, expected) => {
  expect(readRetryAfter(value, now)).toBe(expected);
});
