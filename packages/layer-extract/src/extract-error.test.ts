import { describe, expect, it } from 'vitest';
import { ExtractError } from './extract-error.ts';

describe('ExtractError', () => {
  it('carries code, offset, hint and cause, with the code in the message', () => {
    const cause = new Error('underneath');
    const error = new ExtractError('TAR_INVALID', 'tar header, offset 512: no valid header', {
      cause,
      offset: 512,
      hint: 'look again',
    });
    expect(error.message).toBe('[TAR_INVALID] tar header, offset 512: no valid header');
    expect(error).toMatchObject({ code: 'TAR_INVALID', offset: 512, hint: 'look again', cause, retryable: false });
  });

  it('recognises the error of another copy of the package, and nothing else', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('@falcon-iar/layer-extract/ExtractError'), {
      value: true,
    });
    expect(foreign).toBeInstanceOf(ExtractError);
    expect(new Error('x')).not.toBeInstanceOf(ExtractError);
    expect(null).not.toBeInstanceOf(ExtractError);
  });
});
