import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { RegistryError } from './error.ts';

describe('RegistryError', () => {
  it('begins its message with the code and keeps what it was given', () => {
    const cause = new Error('socket');
    const error = new RegistryError('NETWORK', 'GET host/path: broke', {
      retryable: true,
      retryAfter: 5,
      hint: 'wait',
      cause,
    });
    expect(error.message).toBe('[NETWORK] GET host/path: broke');
    expect(error).toMatchObject({ code: 'NETWORK', retryable: true, retryAfter: 5, hint: 'wait', cause });
    expect('status' in error).toBe(false);
  });

  it('is recognised when it comes from another copy of the package', async () => {
    const copy = (await import(`${'./error.ts'}?copy`)) as typeof import('./error.ts');
    expect(copy.RegistryError).not.toBe(RegistryError);
    expect(new copy.RegistryError('TLS', 'x')).toBeInstanceOf(RegistryError);
    expect(new Error('x')).not.toBeInstanceOf(RegistryError);
    expect(inspect(new RegistryError('TLS', 'x'))).not.toContain('Symbol');
  });
});
