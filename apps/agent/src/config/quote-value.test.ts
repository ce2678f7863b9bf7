import { expect, it } from 'vitest';
import { quoteValue } from './quote-value.ts';

it.each([
  ['dcoker', '"dcoker"'],
  ['https://user:pass@host/x?sig=abc', '"https://***@host/x?***"'],
  ['a\nb', '"a\\nb"'],
  ['x'.repeat(100), `"${'x'.repeat(80)}…"`],
])('quotes %j without what must not be seen', (value, quoted) => {
  expect(quoteValue(value)).toBe(quoted);
});
