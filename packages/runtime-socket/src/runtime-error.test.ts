import { describe, expect, it } from 'vitest';
import { RuntimeError } from './runtime-error.ts';

describe('RuntimeError', () => {
  it('leads its message with the code and keeps cause and hint', () => {
    const cause = new Error('below');
    const error = new RuntimeError('PERMISSION', 'GET somewhere: no', { hint: 'allow it', cause });
    expect(error.message).toBe('[PERMISSION] GET somewhere: no');
    expect(error).toMatchObject({
      name: 'RuntimeError',
      code: 'PERMISSION',
      retryable: false,
      hint: 'allow it',
      cause,
    });
  });

  it('recognises errors of another copy of the package and nothing else', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('@falcon-iar/runtime-socket/RuntimeError')]: true });
    expect(foreign).toBeInstanceOf(RuntimeError);
    expect(new Error('x')).not.toBeInstanceOf(RuntimeError);
  });
});
