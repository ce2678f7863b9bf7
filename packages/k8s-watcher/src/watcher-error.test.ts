import { describe, expect, it } from 'vitest';
import { WatcherError } from './watcher-error.ts';

describe('WatcherError', () => {
  it('leads its message with the code and keeps cause and hint', () => {
    const cause = new Error('below');
    const error = new WatcherError('FORBIDDEN', 'GET somewhere: no', { hint: 'allow it', cause });
    expect(error.message).toBe('[FORBIDDEN] GET somewhere: no');
    expect(error).toMatchObject({ name: 'WatcherError', code: 'FORBIDDEN', retryable: false, hint: 'allow it', cause });
  });

  it('recognises errors of another copy of the package and nothing else', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('@falcon-iar/k8s-watcher/WatcherError')]: true });
    expect(foreign).toBeInstanceOf(WatcherError);
    expect(new Error('x')).not.toBeInstanceOf(WatcherError);
  });
});
