import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redactor.ts';

const { redact } = createRedactor();

describe('secrets that were made known', () => {
  it('go wherever they stand, the longer first where one begins with the other', () => {
    const known = createRedactor(['hunter22', 'hunter22-and-more']);
    expect(known.redact('a hunter22 b hunter22-and-more c')).toBe('a *** b *** c');
  });

  it('go in the forms of URLs, forms and JSON', () => {
    const secret = 'p@ss "word"/ä+1';
    const known = createRedactor([secret]);
    const spelt = [encodeURIComponent(secret), new URLSearchParams({ k: secret }).toString(), JSON.stringify(secret)];
    expect(spelt.map(known.redact)).toEqual(['***', 'k=***', '"***"']);
  });

  it('go inside base64, wherever they begin', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 8, unit: 'binary' }), fc.string(), (before, secret, after) => {
        const known = createRedactor([secret]);
        const base64 = Buffer.from(before + secret + after).toString('base64');
        // Up to two characters at each end also carry bits of the neighbours.
        const left = known.redact(base64).replace('***', '');
        const carried = Math.floor((Buffer.byteLength(secret) * 8) / 6) - 1;
        expect(base64.length - left.length).toBeGreaterThanOrEqual(carried);
      }),
    );
  });

  it('may be added later, such as a token just issued; what is too short to be one changes nothing', () => {
    const known = createRedactor(['', 'abc']);
    expect(known.redact('abc issued-token')).toBe('abc issued-token');
    known.add('issued-token');
    expect(known.redact('abc issued-token')).toBe('abc ***');
  });

  it('are the last 200', () => {
    const known = createRedactor(Array.from({ length: 201 }, (_, i) => `word-${i}-end`));
    expect(known.redact('word-0-end word-1-end word-200-end')).toBe('word-0-end *** ***');
  });
});

describe('secrets that show by their form', () => {
  it.each([
    ['http://user:p@ss@proxy.example:3128/x', 'http://***@proxy.example:3128/x'],
    [
      'https://s3.example/b?X-Amz-Signature=0a1b&X-Amz-Expires=9',
      'https://s3.example/b?X-Amz-Signature=***&X-Amz-Expires=9',
    ],
    ['https://b.example/c?se=2026&sig=a%2Fb%3D', 'https://b.example/c?se=2026&sig=***'],
    ['X-Goog-Credential=me%40x&access_token=t1 end', 'X-Goog-Credential=***&access_token=*** end'],
    ['grant=x&client_secret=abc', 'grant=x&client_secret=***'],
    ['Authorization: Basic dTpw and', 'Authorization: *** and'],
    ['{"authorization":"Bearer abc","a":1}', '{"authorization":"***","a":1}'],
    ['{"access_token": "abc", "expires_in": 9}', '{"access_token": "***", "expires_in": 9}'],
    ['{\\"password\\":\\"abc\\"}', '{\\"password\\":\\"***\\"}'],
    ['sent Bearer eyJhbGciOi.notajwt0000', 'sent Bearer ***'],
    ['got eyJhbGciOiJI.eyJzdWIiOiIx.c2ln!', 'got ***!'],
  ])('%s', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    '[UNAUTHORIZED] GET auth.example/token: Basic authentication is wanted, not a Bearer challenge',
    'mail root@example.com about registry.example/team/app@sha256:0123456789abcdef',
    'pull secret "team/registry-secret" has no key ".dockerconfigjson"',
    'https://registry.example/v2/?n=100&last=a',
  ])('leaves alone: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('takes time in proportion to the text, whatever it says', () => {
    const seeds = ['a-', '-eyJ', 'a://', 'token', 'Bearer ', 'authorization:', '"auth', ' "\\', 'a.', '://@'];
    for (const seed of seeds) {
      const started = performance.now();
      redact(seed.repeat(100_000 / seed.length));
      expect(performance.now() - started, seed).toBeLessThan(1000);
    }
  });
});
