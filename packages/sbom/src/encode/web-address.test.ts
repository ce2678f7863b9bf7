import { describe, expect, it } from 'vitest';
import { webAddress } from './web-address.ts';

describe('webAddress', () => {
  it.each([
    ['https://example.com/a b', 'https://example.com/a%20b'],
    ['HTTP://Example.com', 'http://example.com/'],
    ['https://exämple.com', 'https://xn--exmple-cua.com/'],
    ['git+https://example.com/r.git', 'https://example.com/r.git'],
    ['https://[::1]:8080/x', 'https://[::1]:8080/x'],
    ['https://user:secret@example.com/', undefined],
    ['https://token@example.com/', undefined],
    ['https://../', undefined],
    ['https://&amp;/', undefined],
    [`https://${'a'.repeat(64)}.com/`, undefined],
    [`https://example.com/${'a'.repeat(2_000)}`, undefined],
    ['example.com', undefined],
    ['javascript:alert(1)', undefined],
    ['https://', undefined],
    ['see https://example.com', undefined],
    [undefined, undefined],
  ])('makes of %j: %j', (text, address) => {
    expect(webAddress(text)).toBe(address);
  });
});
