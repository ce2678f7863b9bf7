import { describe, expect, it } from 'vitest';
import { TokenBook } from './token-book.ts';

describe('the tokens of the double', () => {
  it('go from valid over expired to unknown, a day later', () => {
    let now = 0;
    const book = new TokenBook(() => now, 10);
    const header = `Bearer ${book.issue('cid')}`;
    const states: string[] = [];
    for (const time of [9_999, 10_000, 24 * 3_600_000, 25 * 3_600_000]) {
      now = time;
      book.issue('cid');
      states.push(book.check(header));
    }
    expect(states).toEqual(['valid', 'expired', 'expired', 'unknown']);
    expect([book.check('Basic x'), book.ccidOf(header)]).toEqual(['missing', undefined]);
  });

  it('that were never issued cannot be revoked', () => {
    const book = new TokenBook(() => 0, 10);
    book.revoke('guessed');
    expect(book.check('Bearer guessed')).toBe('unknown');
  });
});
