import { describe, expect, it } from 'vitest';
import { helperComplaint } from './helper-failure.ts';

describe('helperComplaint', () => {
  it.each([
    ['pass not initialized: exit status 1: Error: password store is empty', undefined],
    ['error getting token: 401 Unauthorized', undefined],
    ['not logged in to https://123456789012.dkr.ecr.us-east-1.amazonaws.com', undefined],
    ['open /srv/user/.password-store/docker-credential-helpers: no such file', undefined],
    ['\n  first line\r\nsecond line', 'first line'],
    ['bad \u001b[31mcolours\u0007', 'bad  [31mcolours'],
    ['GET https://u:p@r.example/token?sig=abc failed', 'GET https://r.example/token failed'],
    ['cannot use password=hunter2 for u', 'cannot use password ...'],
    ['TOKEN: hunter2', 'TOKEN ...'],
    ['refused ghp_16CharsAndMore0000Zz', 'refused ...'],
    ['refused (eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln)', 'refused (...)'],
    [`hash ${'0123456789abcdef'.repeat(2)} unknown`, 'hash ... unknown'],
  ])('makes %j fit for a message', (output, expected) => {
    expect(helperComplaint(output)).toBe(expected ?? output);
  });

  it.each(['', ' \n ', '{"Secret":"hunter2"}', 'partial "Secret', "{'secret': 'hunter2'}", "secret: 'hunter 2'"])(
    'leaves %j out',
    (output) => {
      expect(helperComplaint(output)).toBeUndefined();
    },
  );

  it('does not become long', () => {
    expect(helperComplaint('word '.repeat(100_000))?.length).toBeLessThanOrEqual(200);
  });
});
