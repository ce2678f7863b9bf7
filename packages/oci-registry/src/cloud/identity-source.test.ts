import { describe, expect, it } from 'vitest';
import { RegistryError } from '../error.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { chainIdentities, type IdentitySource, presentIdentity } from './identity-source.ts';

interface Keys {
  readonly key: string;
}
const keys: Keys = { key: 'k' };
const has = (name: string): IdentitySource<Keys> => ({ name, get: () => Promise.resolve(keys) });
const lacks = (name: string): IdentitySource<Keys> => ({ name, get: () => Promise.resolve({ absent: 'not set up' }) });
const fails = (name: string, error: unknown): IdentitySource<Keys> => ({ name, get: () => Promise.reject(error) });

describe('chainIdentities', () => {
  it('takes the first that is set up', async () => {
    const broken = fails('c', new Error('must not be asked'));
    expect(await chainIdentities(lacks('a'), has('b'), broken).get()).toBe(keys);
  });

  it('tells all sources that gave nothing, and why', async () => {
    expect(await chainIdentities(lacks('a'), lacks('b')).get()).toEqual({ absent: 'a: not set up; b: not set up' });
    expect(await chainIdentities().get()).toEqual({ absent: 'there is no source to ask' });
  });

  it('lets no other identity step in for one that fails', async () => {
    const cause = new RegistryError('NETWORK', 'GET x: it broke', { retryable: true, retryAfter: 5, hint: 'look' });
    const error = await failureOf(chainIdentities(lacks('a'), fails('b', cause), has('c')).get());
    expect(error).toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      retryable: true,
      retryAfter: 5,
      hint: 'look',
      cause,
    });
    expect(error.message).toMatch(/: a: not set up; b: GET x: it broke$/);
  });

  it.each([new Error('password hunter2'), 'password hunter2'])(
    'does not repeat the words of an error of others: %s',
    async (cause) => {
      const error = await failureOf(chainIdentities(fails('mine', cause)).get());
      expect(error.message).toMatch(/mine: it failed$/);
      expect(error).toMatchObject({ retryable: false, cause });
    },
  );

  it('lets a setting that cannot be understood speak for itself', async () => {
    const invalid = new RegistryError('CREDENTIALS_INVALID', 'read credentials, f: field "x"');
    expect(await failureOf(chainIdentities(fails('a', invalid), has('b')).get())).toBe(invalid);
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const source: IdentitySource<Keys> = {
      name: 'a',
      get: () => {
        controller.abort('enough');
        return Promise.reject(new Error('aborted'));
      },
    };
    await expect(chainIdentities(source).get({ signal: controller.signal })).rejects.toBe('enough');
  });
});

describe('presentIdentity', () => {
  it('hands an identity on, and says of an absence what it is missing for', () => {
    expect(presentIdentity<Keys>(keys, 'log in', 'have one')).toBe(keys);
    expect(() => presentIdentity<Keys>({ absent: 'X is not set' }, 'log in', 'have one')).toThrow(
      '[CREDENTIALS_UNAVAILABLE] log in: no identity was found: X is not set',
    );
  });
});
