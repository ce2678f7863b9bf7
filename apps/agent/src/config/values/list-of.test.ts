import { describe, expect, it } from 'vitest';
import { hostAndPort } from './address.ts';
import { listOf } from './list-of.ts';
import { text } from './one-value.ts';

describe('listOf', () => {
  it('splits at commas; blanks and empty entries do not count', () => {
    expect(listOf(text).parse(' a, b ,,c,')).toEqual(['a', 'b', 'c']);
  });

  it('takes the entries of a list as they are', () => {
    expect(listOf(text).parse(['a,b', ' c '])).toEqual(['a,b', 'c']);
  });

  it('reports each entry that is wrong', () => {
    const { error } = listOf(hostAndPort).safeParse('ok:5000,https://x,a/b');
    expect(error?.issues.map(({ message }) => message)).toEqual([
      'has the entry "https://x", which is not host or host:port',
      'has the entry "a/b", which is not host or host:port',
    ]);
  });
});
