import { describe, expect, it } from 'vitest';
import type { KeychainAnswer } from '../../credentials/keychain.ts';
import { RegistryError } from '../../error.ts';
import { RegistryClient } from '../../registry/registry-client.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import { createRegistry } from '../../testing.ts';
import { type GarKeychainOptions, garKeychain } from './gar-keychain.ts';
import { machine, testStart } from './machine.test-support.ts';

const minute = 60_000;
const tokenPath = '/computeMetadata/v1/instance/service-accounts/default/token';

/** A keychain with tokens of an hour from nowhere, and how often one was got. */
function counted(changes: GarKeychainOptions = {}) {
  const clock = { now: testStart };
  let count = 0;
  const keychain = garKeychain({
    now: () => clock.now,
    credentials: {
      name: 'test',
      get: async () => {
        count += 1;
        return { token: `token-${count}`, expiresAt: clock.now + 60 * minute };
      },
    },
    ...changes,
  });
  const look = (registry: string): Promise<KeychainAnswer> => keychain.resolve({ registry, repository: 'p/app' });
  return { keychain, clock, look, count: () => count };
}

describe('garKeychain', () => {
  it.each([
    'gcr.io',
    'us.gcr.io',
    'eu.gcr.io',
    'asia.gcr.io',
    'marketplace.gcr.io',
    'l.gcr.io',
    'staging-k8s.gcr.io',
    'a.b.gcr.io',
    'gcr.io:443',
    'docker.pkg.dev',
    'europe-west1-docker.pkg.dev',
    'us-docker.pkg.dev:443',
  ])('has a credential for %s', async (registry) => {
    const { look } = counted();
    expect(await look(registry)).toEqual({
      username: 'oauth2accesstoken',
      password: 'token-1',
      source: 'Google access token',
    });
  });

  it.each([
    'docker.io',
    'evilgcr.io',
    'gcr.io.evil.example',
    'gcr.io:5000',
    'pkg.dev',
    'evilpkg.dev',
    'us-docker.pkg.dev.evil.example',
    'docker.pkg.github.com',
    'pkg.dev:443',
    '.gcr.io',
    'localhost:5000',
  ])('has none for %s, and asks nobody', async (registry) => {
    const { look, count } = counted();
    expect(await look(registry)).toBeUndefined();
    expect(count()).toBe(0);
  });

  it('has one for hosts that the options name', async () => {
    const { look } = counted({ registries: ['Registry.Example', 'localhost:5000'] });
    expect(await look('registry.example')).toBeDefined();
    expect(await look('localhost:5000')).toBeDefined();
    expect(await look('sub.registry.example')).toBeUndefined();
  });

  it('refuses registries that are not hosts', () => {
    expect(() => garKeychain({ registries: ['https://registry.example'] })).toThrow('[CREDENTIALS_INVALID]');
  });

  it('shares one token between hosts, and renews it before it ends', async () => {
    const { look, clock, count } = counted();
    const both = await Promise.all([look('gcr.io'), look('us-docker.pkg.dev')]);
    expect(both.map((one) => (one as { password: string }).password)).toEqual(['token-1', 'token-1']);
    clock.now += 56 * minute;
    expect(await look('gcr.io')).toMatchObject({ password: 'token-1' });
    clock.now += minute;
    expect(await look('gcr.io')).toMatchObject({ password: 'token-2' });
    expect(count()).toBe(2);
  });

  it('goes on with a token that cannot be renewed until it ends', async () => {
    const on = await machine();
    on.files.set('/key.json', on.google.serviceAccount());
    const keychain = garKeychain({ ...on.options, env: { GOOGLE_APPLICATION_CREDENTIALS: '/key.json' } });
    const look = () => keychain.resolve({ registry: 'gcr.io', repository: 'p/app' });
    await look();
    const refused = { status: 401, body: { error: 'invalid_client' } };
    on.google.reply('/token', refused, refused);
    on.clock.machine += 58 * minute;
    expect(await look()).toMatchObject({ password: 'ya29.account-1' });
    on.clock.machine += 2 * minute;
    expect((await failureOf(look())).code).toBe('CREDENTIALS_UNAVAILABLE');
  });

  it('says where it looked for an identity, and looks again after a while', async () => {
    let asked = 0;
    const on = await machine({
      http: async () => {
        asked += 1;
        throw new RegistryError('NETWORK', 'there is no route', { retryable: true });
      },
    });
    const keychain = garKeychain(on.options);
    const look = () => failureOf(keychain.resolve({ registry: 'gcr.io', repository: 'distroless/static' }));
    const error = await look();
    on.clock.machine += 20_000;
    expect(await look()).toBe(error);
    expect(asked).toBe(2);
    expect(error.code).toBe('CREDENTIALS_UNAVAILABLE');
    expect(error.message).toContain(
      'no identity was found: credentials file: GOOGLE_APPLICATION_CREDENTIALS is not set; gcloud login: HOME is not',
    );
    expect(error.hint).toContain('service account');
    on.clock.machine += 40_000;
    expect(await look()).not.toBe(error);
    expect(asked).toBe(4);
  });

  it('does not hide that an identity is refused', async () => {
    const on = await machine();
    on.files.set('/key.json', on.google.serviceAccount({ client_email: 'gone@project.iam.gserviceaccount.com' }));
    const keychain = garKeychain({ ...on.options, env: { GOOGLE_APPLICATION_CREDENTIALS: '/key.json' } });
    const error = await failureOf(keychain.resolve({ registry: 'gcr.io', repository: 'distroless/static' }));
    expect(error.code).toBe('CREDENTIALS_UNAVAILABLE');
    expect(error.message).toContain('account not found');
  });

  it('rejects with the reason of the signal', async () => {
    const { keychain, count } = counted();
    const signal = AbortSignal.abort('enough');
    await expect(keychain.resolve({ registry: 'gcr.io', repository: 'a' }, { signal })).rejects.toBe('enough');
    expect(count()).toBe(0);
  });

  it('frees the connection when the only caller leaves', async () => {
    const on = await machine();
    const controller = new AbortController();
    const keychain = garKeychain({ ...on.options, env: { GCE_METADATA_HOST: on.google.host } });
    on.google.reply(tokenPath, 'never');
    const work = keychain.resolve({ registry: 'gcr.io', repository: 'a' }, { signal: controller.signal });
    await expect.poll(() => on.google.requests).toHaveLength(1);
    expect(await on.google.connections()).toBe(1);
    controller.abort('enough');
    await expect(work).rejects.toBe('enough');
    await expect.poll(() => on.google.connections()).toBe(0);
  });

  it('opens a private registry with the identity of the machine', async () => {
    const on = await machine();
    const auth = { type: 'bearer', username: 'oauth2accesstoken', password: 'ya29.metadata-1' } as const;
    const registry = untilTestEnds(await createRegistry({ auth }));
    const { reference, digest } = await registry.push('project/app', '1');
    const env = { GCE_METADATA_HOST: on.google.host };
    const keychain = garKeychain({ ...on.options, env, registries: [registry.host] });
    const client = untilTestEnds(new RegistryClient({ keychain }));
    expect((await client.resolve(reference)).digest).toBe(digest);
  });
});
