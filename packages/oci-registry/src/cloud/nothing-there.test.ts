import { describe, expect, it } from 'vitest';
import type { Keychain } from '../credentials/keychain.ts';
import { RegistryError } from '../error.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry } from '../testing.ts';
import { acrKeychain } from './acr/acr-keychain.ts';
import type { CloudHttp } from './cloud-http.ts';
import type { CloudOptions } from './cloud-options.ts';
import { ecrKeychain } from './ecr/ecr-keychain.ts';
import { garKeychain } from './gar/gar-keychain.ts';

const keychains: readonly [string, (options: CloudOptions) => Keychain, string, number][] = [
  ['ecrKeychain', ecrKeychain, '123456789012.dkr.ecr.eu-west-1.amazonaws.com', 2000],
  ['ecrKeychain', ecrKeychain, 'public.ecr.aws', 2000],
  ['acrKeychain', acrKeychain, 'team.azurecr.io', 2000],
  ['garKeychain', garKeychain, 'europe-docker.pkg.dev', 6000],
  ['garKeychain', garKeychain, 'gcr.io', 6000],
];

/** A machine whose network swallows everything, and how long was waited for answers and attempts, ms. */
function desert() {
  const world = { now: 1_000_000, waited: 0, asked: [] as string[] };
  const pass = (ms: number): void => {
    world.now += ms;
    world.waited += ms;
  };
  const http: CloudHttp = async ({ url, timeout = 10_000, direct }) => {
    world.asked.push(`${url.hostname} ${direct === true ? 'direct' : 'by proxy'}`);
    pass(timeout);
    throw new RegistryError('TIMEOUT', `GET ${url.host}: no answer`, { retryable: true });
  };
  const options = { http, now: () => world.now, retry: { sleep: async (ms: number) => pass(ms), random: () => 1 } };
  return { world, options };
}

describe.each(keychains)('%#: %s where there is no identity', (_, create, registry, longest) => {
  const target = { registry, repository: 'team/app' };

  it(`says so for ${registry} within ${longest} ms`, async () => {
    const { world, options } = desert();
    const error = await failureOf(create(options).resolve(target));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: false });
    expect(error.message).toContain('no identity was found: ');
    expect(error.hint).not.toBe('');
    expect(world.waited).toBe(longest);
  });

  it('asks the machine only, and nobody through a proxy', async () => {
    const { world, options } = desert();
    await failureOf(create(options).resolve(target));
    for (const asked of world.asked)
      expect(asked).toMatch(/^(?:169\.254\.169\.254|metadata\.google\.internal) direct$/);
  });

  it('does not search the machine again for the next image', async () => {
    const { world, options } = desert();
    const keychain = create(options);
    const error = await failureOf(keychain.resolve(target));
    const { waited } = world;
    world.now += 29_000;
    expect(await failureOf(keychain.resolve({ ...target, repository: 'team/other' }))).toBe(error);
    expect(world.waited).toBe(waited);
  });

  it('has nothing for the hosts of others, without looking', async () => {
    const { world, options } = desert();
    expect(await create(options).resolve({ registry: 'docker.io', repository: 'library/nginx' })).toBeUndefined();
    expect(world.asked).toEqual([]);
  });
});

describe.each([
  ['acrKeychain', acrKeychain],
  ['garKeychain', garKeychain],
])('a RegistryClient with %s on a machine without an identity', (_, create) => {
  const clientFor = async (anonymousPull: boolean) => {
    const registry = untilTestEnds(await createRegistry({ auth: { type: 'bearer', username: 'u', anonymousPull } }));
    const pushed = await registry.push('team/app', '1');
    const keychain = create({ ...desert().options, registries: [registry.host] });
    return { ...pushed, client: untilTestEnds(new RegistryClient({ keychain })) };
  };

  it('reads what is public', async () => {
    const { client, reference, digest } = await clientFor(true);
    expect((await client.resolve(reference)).digest).toBe(digest);
  });

  it('says of what is private where it looked for an identity', async () => {
    const { client, reference } = await clientFor(false);
    const error = await failureOf(client.resolve(reference));
    expect(error.code).toBe('CREDENTIALS_UNAVAILABLE');
    expect(error.message).toContain('no identity was found: ');
  });
});
