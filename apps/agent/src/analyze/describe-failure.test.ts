import { RegistryError } from '@falcon-iar/oci-registry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../store/store-error.ts';
import { describeFailure } from './describe-failure.ts';

describe('describeFailure', () => {
  it('takes what an error of the packages says of itself', () => {
    const error = new RegistryError('TOOMANYREQUESTS', 'GET r.example/v2: slow down', {
      ...{ retryable: true, retryAfter: 7000, hint: 'wait' },
    });
    expect(describeFailure(error)).toEqual({
      ...{ code: 'TOOMANYREQUESTS', reason: '[TOOMANYREQUESTS] GET r.example/v2: slow down', hint: 'wait' },
      ...{ retryable: true, retryAfter: 7000 },
    });
    expect(describeFailure(new StoreError('DISK_FULL', 'no room'))).toMatchObject({
      code: 'DISK_FULL',
      retryable: true,
    });
  });

  it('finds the code in the message where there is none beside it', () => {
    expect(describeFailure(new Error('[GZIP_INVALID] layer 3: damaged'))).toMatchObject({ code: 'GZIP_INVALID' });
    expect(describeFailure(new TypeError('x is not a function'))).toMatchObject({
      code: 'UNEXPECTED',
      retryable: false,
    });
  });

  it('takes a rest only for one that a timer can wait', () => {
    const asking = (retryAfter: unknown) => describeFailure(Object.assign(new Error('x'), { retryAfter })).retryAfter;
    expect([Number.NaN, -1, Number.POSITIVE_INFINITY, '5', null, 0, 5].map(asking)).toEqual([
      ...[undefined, undefined, undefined, undefined, undefined, 0, 5],
    ]);
  });

  it('describes whatever was thrown', () => {
    expect(describeFailure('SIGTERM').reason).toBe('SIGTERM');
    expect(describeFailure(Object.create(null)).code).toBe('UNEXPECTED');
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (thrown) => {
        const { code, reason, retryable } = describeFailure(thrown);
        expect([typeof reason, code, retryable]).toEqual(['string', 'UNEXPECTED', false]);
      }),
    );
  });
});
