import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FalconError } from './falcon-error.ts';

describe('FalconError', () => {
  it('puts its code in front of the message and keeps the details', () => {
    const cause = new Error('socket');
    const error = new FalconError('RATE_LIMITED', 'POST https://a/b: too many calls', {
      retryAfter: 5,
      status: 429,
      cause,
    });
    expect(error.message).toBe('[RATE_LIMITED] POST https://a/b: too many calls');
    expect(error).toMatchObject({ name: 'FalconError', retryable: true, retryAfter: 5, status: 429, cause });
    expect('hint' in error).toBe(false);
  });

  it.each([
    ['RATE_LIMITED', true],
    ['UNAVAILABLE', true],
    ['NETWORK', true],
    ['TIMEOUT', true],
    ['CREDENTIALS_REJECTED', false],
    ['UNAUTHENTICATED', false],
    ['REQUEST_REJECTED', false],
    ['NOT_FOUND', false],
    ['CLOUD_MISMATCH', false],
    ['FORBIDDEN', false],
    ['PAYLOAD_REJECTED', false],
    ['CLOSED', false],
  ] as const)('with %s is retryable: %s', (code, retryable) => {
    expect(new FalconError(code, 'x').retryable).toBe(retryable);
  });

  it('recognises an error of another copy of the package, and nothing else', () => {
    const brand = Symbol.for('@falcon-iar/falcon-api/FalconError');
    expect({ [brand]: true } instanceof FalconError).toBe(true);
    expect(new FalconError('NETWORK', 'x')).toBeInstanceOf(FalconError);
    for (const other of [new Error('x'), {}, null, undefined, 'x']) {
      expect((other as unknown) instanceof FalconError).toBe(false);
    }
  });

  it('does not show its brand to people', () => {
    expect(inspect(new FalconError('NETWORK', 'x'))).not.toContain('Symbol');
  });
});
