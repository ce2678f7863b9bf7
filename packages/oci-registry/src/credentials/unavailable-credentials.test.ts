import { describe, expect, it } from 'vitest';
import { RegistryError } from '../error.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type RegistryAuth } from '../testing.ts';
import { chainKeychains, type Keychain } from './keychain.ts';
import { staticKeychain } from './static-keychain.ts';

const robot = { username: 'robot', password: 'secret' };

/** A keychain that should have something and has not. */
function without(what: string): Keychain {
  const error = new RegistryError('CREDENTIALS_UNAVAILABLE', `${what} gives nothing`, { hint: `mend ${what}` });
  return { resolve: () => Promise.reject(error) };
}

async function registryWith(auth: RegistryAuth) {
  const registry = untilTestEnds(await createRegistry({ auth }));
  const { reference, digest } = await registry.push('team/app', '1');
  const keychain = staticKeychain({ [registry.host]: robot });
  const resolve = (chosen: Keychain) => untilTestEnds(new RegistryClient({ keychain: chosen })).resolve(reference);
  return { digest, keychain, resolve };
}

describe('a keychain that cannot give what it should have', () => {
  it('does not keep the ones behind it from being asked', async () => {
    const { digest, keychain, resolve } = await registryWith({ type: 'basic', ...robot });
    expect((await resolve(chainKeychains(without('the cloud'), keychain))).digest).toBe(digest);
  });

  it('does not close what anybody may read', async () => {
    const { digest, resolve } = await registryWith({ type: 'bearer', anonymousPull: true });
    expect((await resolve(without('the cloud'))).digest).toBe(digest);
  });

  it('is what is told where nothing opens the registry, with what was refused', async () => {
    const { resolve } = await registryWith({ type: 'bearer' });
    const wrong: Keychain = { resolve: () => Promise.resolve({ ...robot, password: 'wrong', source: 'a file' }) };
    const error = await failureOf(resolve(chainKeychains(without('the helper'), wrong, without('the cloud'))));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 401 });
    expect(error.message).toMatch(/the helper gives nothing; the cloud gives nothing; without it: GET .*HTTP 401/);
    expect(error.hint).toBe('mend the helper; or mend the cloud');
    expect(JSON.stringify(error)).not.toMatch(/secret|wrong/);
  });

  it('is no reason to go on for any other error', async () => {
    const { keychain, resolve } = await registryWith({ type: 'basic', ...robot });
    const broken: Keychain = { resolve: () => Promise.reject(new RegistryError('CREDENTIALS_INVALID', 'a bad file')) };
    await expect(resolve(chainKeychains(broken, keychain))).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  });
});
