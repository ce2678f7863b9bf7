import { describe, expect, it } from 'vitest';
import { harmlessText, refused } from './refusal.ts';

describe('harmlessText', () => {
  it('takes out what was sent, wherever it comes back', () => {
    expect(harmlessText('bad s3cret, again s3cret', ['s3cret', undefined, ''])).toBe('bad ***, again ***');
  });

  it('takes out what is as long as a token, and leaves names', () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.'.repeat(4);
    const arn = 'arn:aws:sts::111122223333:assumed-role/a-role-with-a-rather-long-name/i-0123456789abcdef0';
    expect(harmlessText(`${token} of ${arn}`, [])).toBe(`*** of ${arn}`);
  });

  it('leaves the words whole where what was sent is too short to be secret', () => {
    expect(harmlessText('the header is wrong', ['e', 'is'])).toBe('the header is wrong');
  });

  it('is one line without queries of URLs', () => {
    expect(harmlessText('see\nhttps://x.example/?sig=1 now', [])).toBe('see https://x.example/ now');
  });
});

describe('refused', () => {
  const answer = { headers: {}, body: '', what: 'GET x', asked: 0 };

  it('advises to wait where that may help, and for how long', () => {
    const error = refused({ ...answer, status: 429, retryAfter: 5000 }, 'x', { hint: 'other' });
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 429, retryable: true, retryAfter: 5000 });
    expect(error.hint).toContain('later');
  });

  it('hands the hint on where waiting does not help', () => {
    const error = refused({ ...answer, status: 403, retryAfter: undefined }, 'x', { hint: 'other' });
    expect(error).toMatchObject({ retryable: false, hint: 'other' });
  });
});
