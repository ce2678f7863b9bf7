import { describe, expect, it } from 'vitest';
import { credentialsFrom } from './credentials-from.ts';
import { anonymousKeychain, chainKeychains, type Keychain } from './keychain.ts';
import { staticKeychain } from './static-keychain.ts';

async function names(keychain: Keychain): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const { username } of credentialsFrom(keychain, target)) found.push(username);
  return found;
}

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

  it('a chain gives what all its keychains have, in order, whatever form their answers take', async () => {
    const several: Keychain = { resolve: () => Promise.resolve([{ username: 'b' }, { username: 'c' }]) };
    const single = staticKeychain({ 'r.example': { username: 'd' } });
    const inner = chainKeychains(several, anonymousKeychain());
    expect(await names(chainKeychains(anonymousKeychain(), inner, single))).toEqual(['b', 'c', 'd']);
    expect(await names(chainKeychains())).toEqual([]);
  });

  it('a chain asks no keychain before it is needed, and does not hide the error of one that is', async () => {
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
    for await (const credential of credentialsFrom(chain, target)) {
      expect(credential).toEqual({ username: 'b' });
      break;
    }
    expect(asked).toEqual(['a', 'b']);
    await expect(names(chain)).rejects.toThrow('vault is sealed');
    const signal = AbortSignal.abort('enough');
    await expect(credentialsFrom(chain, target, { signal }).next()).rejects.toBe('enough');
  });
});
