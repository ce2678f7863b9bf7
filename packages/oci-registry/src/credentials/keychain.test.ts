import { describe, expect, it } from 'vitest';
import { anonymousKeychain, chainKeychains, type Keychain } from './keychain.ts';
import { staticKeychain } from './static-keychain.ts';

const target = { registry: 'r.example', repository: 'team/app' };

describe('keychains', () => {
  it('anonymous has nothing for anybody', async () => {
    expect(await anonymousKeychain().resolve(target)).toBeUndefined();
  });

  it('static matches host and path exactly, the longest first', async () => {
    const keychain = staticKeychain({
      'R.example': { username: 'host' },
      'r.example/team': { username: 'team' },
      'https://index.docker.io/v1/': { username: 'hub' },
    });
    expect(await keychain.resolve(target)).toEqual({ username: 'team' });
    expect(await keychain.resolve({ ...target, repository: 'other' })).toEqual({ username: 'host' });
    expect(await keychain.resolve({ registry: 'docker.io', repository: 'library/alpine' })).toEqual({
      username: 'hub',
    });
    expect(await keychain.resolve({ registry: 'x-r.example', repository: 'team/app' })).toBeUndefined();
  });

  it('static refuses a key that names no host', () => {
    expect(() => staticKeychain({ '*.example/': {} })).toThrow(
      expect.objectContaining({ code: 'CREDENTIALS_INVALID' }),
    );
  });

  it('a chain asks in order, stops at the first answer, and does not hide an error', async () => {
    const asked: string[] = [];
    const named = (name: string, keychain: Keychain): Keychain => ({
      resolve(where) {
        asked.push(name);
        return keychain.resolve(where);
      },
    });
    const failing: Keychain = { resolve: () => Promise.reject(new Error('vault is sealed')) };
    const second = staticKeychain({ 'r.example': { username: 'b' } });
    const chain = chainKeychains(named('a', anonymousKeychain()), named('b', second), named('c', failing));
    expect(await chain.resolve(target)).toEqual({ username: 'b' });
    expect(asked).toEqual(['a', 'b']);
    await expect(chainKeychains(failing, second).resolve(target)).rejects.toThrow('vault is sealed');
    expect(await chainKeychains().resolve(target)).toBeUndefined();
  });
});
