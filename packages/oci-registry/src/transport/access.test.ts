import { describe, expect, it } from 'vitest';
import type { Credential } from '../credentials/credential.ts';
import { anonymousKeychain, chainKeychains, type Keychain } from '../credentials/keychain.ts';
import { pullSecretKeychain } from '../credentials/pull-secret-keychain.ts';
import { staticKeychain } from '../credentials/static-keychain.ts';
import type { RegistryError } from '../error.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry, type TestRegistryOptions } from '../testing.ts';
import type { RegistryClientOptions } from './client-options.ts';

async function registryWith(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry(options));
  await registry.push('team/app', '1');
  return registry;
}

function clientWith(options: RegistryClientOptions = {}): RegistryClient {
  return untilTestEnds(new RegistryClient({ retry: { sleep: () => Promise.resolve() }, ...options }));
}

const ref = (registry: TestRegistry): string => `${registry.host}/team/app:1`;
const has = (...credentials: readonly Credential[]): Keychain => ({ resolve: () => Promise.resolve(credentials) });
const user: Credential = { username: 'robot', password: 'right', source: 'pull secret shop/good' };
const stale: Credential = { username: 'robot', password: 'hunter2', source: 'pull secret shop/stale' };
const other: Credential = { username: 'ghost', password: 'hunter3', source: '/etc/config.json' };
const basic = { type: 'basic', username: 'robot', password: 'right' } as const;
const bearer = { type: 'bearer', username: 'robot', password: 'right' } as const;

/** Who came to the given place of the registry, by user name and password. */
function visitors(registry: TestRegistry, place: (path: string) => boolean): (string | undefined)[] {
  return registry.requests
    .filter(({ path }) => place(path))
    .map(({ headers }) => {
      const [scheme, value = ''] = String(headers.authorization ?? 'none').split(' ');
      return scheme === 'Basic' ? Buffer.from(value, 'base64').toString() : scheme;
    });
}
const isToken = (path: string): boolean => path === '/token';
const isManifest = (path: string): boolean => path.includes('/manifests/');

describe('several credentials', () => {
  it('are tried in order until one works, each once, with Basic', async () => {
    const registry = await registryWith({ auth: basic });
    const client = clientWith({ keychain: has(stale, { ...stale, source: 'twice' }, other, user) });
    await client.resolve(ref(registry));
    expect(visitors(registry, isManifest)).toEqual(['none', 'robot:hunter2', 'ghost:hunter3', 'robot:right']);
  });

  it('are tried in order where the token server refuses, and where the registry refuses the token', async () => {
    const registry = await registryWith({ auth: bearer });
    const client = clientWith({ keychain: has(stale, { registryToken: 'old' }, user) });
    await client.resolve(ref(registry));
    expect(visitors(registry, isToken)).toEqual(['robot:hunter2', 'robot:right']);
    expect(visitors(registry, isManifest)).toEqual(['none', 'Bearer', 'Bearer']);
  });

  it('are tried where the first one is known and denied', async () => {
    const registry = await registryWith({ auth: bearer });
    const denied = { kind: 'status', status: 403, body: '{"errors":[{"code":"DENIED"}]}' } as const;
    registry.addFault({ on: 'token', times: 1, fault: denied });
    await clientWith({ keychain: has(other, user) }).resolve(ref(registry));
    expect(visitors(registry, isToken)).toEqual(['ghost:hunter3', 'robot:right']);
  });

  it('remembers which one worked, also when its token has expired', async () => {
    let now = 1_000_000;
    const registry = await registryWith({ auth: { ...bearer, lifetime: 100 }, now: () => now });
    let asked = 0;
    const keychain: Keychain = {
      resolve: () => {
        asked += 1;
        return Promise.resolve([stale, user]);
      },
    };
    const client = clientWith({ keychain, now: () => now });
    await client.resolve(ref(registry));
    await client.resolve(ref(registry));
    expect(asked).toBe(1);
    now += 200_000;
    const image = await client.resolve(ref(registry));
    registry.revokeTokens();
    for (const layer of image.layers) for await (const _ of layer.open()) expect(_.length).toBeGreaterThan(0);
    expect(visitors(registry, isToken)).toEqual(['robot:hunter2', 'robot:right', 'robot:right', 'robot:right']);
  });

  it('goes on to the others when what worked has been taken away', async () => {
    const registry = await registryWith({ auth: basic });
    let answer: readonly Credential[] = [stale, user];
    const client = clientWith({ keychain: { resolve: () => Promise.resolve(answer) } });
    await client.resolve(ref(registry));
    const refusal = { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } } as const;
    registry.addFault({ on: 'manifest', times: 1, fault: refusal });
    answer = [other, { ...user, password: 'rotated' }];
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('UNAUTHORIZED');
    expect(visitors(registry, isManifest).slice(3)).toEqual(['robot:right', 'ghost:hunter3', 'robot:rotated']);
  });

  it('names where all of them came from when all are refused, and no secret', async () => {
    for (const auth of [basic, bearer]) {
      const registry = await registryWith({ auth });
      const error = await failureOf(clientWith({ keychain: has(stale, other, stale) }).resolve(ref(registry)));
      expect(error).toMatchObject({ code: 'UNAUTHORIZED', status: 401, retryable: false });
      expect(error.message).toContain('all 2 credentials were refused (pull secret shop/stale, /etc/config.json)');
      expect(error.message.endsWith(', and so was anonymous access')).toBe(auth === bearer);
      const { errors } = error.cause as AggregateError;
      const said = [error, ...(errors as RegistryError[])].map(({ message, hint }) => message + hint).join('\n');
      expect(said).not.toMatch(/hunter|aHVudGVy/);
    }
  });

  it('says that it was denied where one account is known', async () => {
    const registry = await registryWith({ auth: bearer });
    registry.addFault({ on: 'token', times: 1, fault: { kind: 'status', status: 403 } });
    const error = await failureOf(clientWith({ keychain: has(other, stale) }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'DENIED', status: 403 });
  });

  it('passes over a token where a password is wanted', async () => {
    const registry = await registryWith({ auth: basic });
    await clientWith({ keychain: has({ identityToken: 'x' }, user) }).resolve(ref(registry));
    expect(visitors(registry, isManifest)).toEqual(['none', 'robot:right']);
  });

  it('are not tried without end', async () => {
    const registry = await registryWith({ auth: basic });
    const many = Array.from({ length: 1000 }, (_, index) => ({ ...stale, password: `${index}` }));
    await failureOf(clientWith({ keychain: has(...many) }).resolve(ref(registry)));
    expect(registry.requests).toHaveLength(33);
  });

  it('are not looked through without end for the one that worked', async () => {
    const registry = await registryWith({ auth: basic });
    let taken = 0;
    const endless = async function* (): AsyncGenerator<Credential, void, undefined> {
      for (;;) yield { ...stale, password: `${taken++}` };
    };
    let answer: Credential | AsyncIterable<Credential> = user;
    const client = clientWith({ keychain: { resolve: () => Promise.resolve(answer) } });
    await client.resolve(ref(registry));
    answer = endless();
    const refusal = { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } } as const;
    registry.addFault({ on: 'manifest', times: 1, fault: refusal });
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('UNAUTHORIZED');
    expect(taken).toBe(32);
  });

  it('stops trying for what is no refusal', async () => {
    const registry = await registryWith({ auth: bearer });
    registry.addFault({ on: 'token', fault: { kind: 'status', status: 404 } });
    const error = await failureOf(clientWith({ keychain: has(stale, user) }).resolve(ref(registry)));
    expect(error.code).toBe('CHALLENGE_INVALID');
    expect(visitors(registry, isToken)).toHaveLength(1);
    const empty = await registryWith({ auth: basic });
    const missing = await failureOf(clientWith({ keychain: has(user, other) }).resolve(`${empty.host}/team/app:2`));
    expect(missing.code).toBe('MANIFEST_UNKNOWN');
  });
});

describe('anonymous access in the end', () => {
  it('opens a public repository in spite of a stale credential, and is remembered', async () => {
    const registry = await registryWith({ auth: { ...bearer, anonymousPull: true } });
    const client = clientWith({ keychain: has(stale) });
    await client.resolve(ref(registry));
    registry.revokeTokens();
    await client.resolve(ref(registry));
    expect(visitors(registry, isToken)).toEqual(['robot:hunter2', 'none', 'none']);
  });

  it('gives way when it is no longer enough', async () => {
    const registry = await registryWith({ auth: { ...bearer, anonymousPull: true } });
    let answer: readonly Credential[] = [];
    const client = clientWith({ keychain: { resolve: () => Promise.resolve(answer) } });
    await client.resolve(ref(registry));
    registry.revokeTokens();
    registry.addFault({ on: 'token', times: 1, fault: { kind: 'status', status: 401 } });
    answer = [user];
    await client.resolve(ref(registry));
    expect(visitors(registry, isToken)).toEqual(['none', 'none', 'robot:right']);
  });
});

describe('chained keychains', () => {
  it('are asked one after the other, and not before those before are refused', async () => {
    const registry = await registryWith({ auth: basic });
    const broken: Keychain = { resolve: () => Promise.reject(new Error('vault is sealed')) };
    const json = JSON.stringify({ auths: { [registry.host]: { username: 'robot', password: 'hunter2' } } });
    const secrets = pullSecretKeychain([{ namespace: 'shop', name: 'a', format: 'config.json', dockerConfig: json }]);
    const configured = staticKeychain({ [registry.host]: user });
    await clientWith({ keychain: chainKeychains(secrets, configured, broken) }).resolve(ref(registry));
    expect(visitors(registry, isManifest)).toEqual(['none', 'robot:hunter2', 'robot:right']);
    const needed = clientWith({ keychain: chainKeychains(secrets, broken, configured) });
    await expect(needed.resolve(ref(registry))).rejects.toThrow('vault is sealed');
  });

  it('are freed when a credential has worked, and stop when the signal aborts', async () => {
    const registry = await registryWith({ auth: basic });
    const left: string[] = [];
    const keychain: Keychain = {
      resolve: () =>
        Promise.resolve(
          (async function* () {
            try {
              yield stale;
              yield user;
              yield other;
            } finally {
              left.push('freed');
            }
          })(),
        ),
    };
    const client = clientWith({ keychain });
    await client.resolve(ref(registry));
    expect(left).toEqual(['freed']);
    const controller = new AbortController();
    const slow: Keychain = {
      resolve: (_, { signal } = {}) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    };
    const waiting = client.resolve(ref(registry), { keychain: slow, signal: controller.signal });
    setTimeout(() => controller.abort('enough'), 20);
    await expect(waiting).rejects.toBe('enough');
  });
});

describe('a keychain for one call', () => {
  const alice: Credential = { ...user, source: 'alice' };

  it('is used instead of that of the client, for layers and manifests too', async () => {
    const registry = await registryWith({ auth: bearer });
    const client = clientWith({ keychain: has(stale) });
    const keychain = has(alice);
    const image = await client.resolve(ref(registry), { keychain });
    for (const layer of image.layers) for await (const _ of layer.open()) expect(_.length).toBeGreaterThan(0);
    const manifest = await client.getManifest(ref(registry), { keychain });
    const [layer] = image.layers;
    for await (const _ of client.openBlob(ref(registry), layer ?? expect.fail(), { keychain })) break;
    expect(manifest.digest).toBe(image.digest);
    expect(visitors(registry, isToken)).toEqual(['robot:right']);
    await failureOf(client.getManifest(ref(registry)));
    expect(visitors(registry, isToken)).toEqual(['robot:right', 'robot:hunter2', 'none']);
  });

  it.each([
    ['another account', has({ username: 'mallory', password: 'x' })],
    ['no account', anonymousKeychain()],
    ['the same user name and another password', has({ ...alice, password: 'guess' })],
    ['the password as a token', has({ identityToken: 'right' })],
  ])('never gets in with what let somebody else in: %s', async (_, keychain) => {
    for (const auth of [basic, bearer]) {
      const registry = await registryWith({ auth });
      const client = clientWith();
      const image = await client.resolve(ref(registry), { keychain: has(alice) });
      const good = new Set(
        registry.requests.filter(({ status }) => status === 200).map(({ headers }) => headers.authorization),
      );
      const before = registry.requests.length;
      const blob = image.layers[0] ?? expect.fail();
      const read = async (): Promise<void> => {
        for await (const chunk of client.openBlob(ref(registry), blob, { keychain })) expect.fail(`${chunk.length}`);
      };
      expect((await failureOf(client.resolve(ref(registry), { keychain }))).code).toBe('UNAUTHORIZED');
      await expect(read()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
      await expect(client.getManifest(ref(registry))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
      const sent = registry.requests.slice(before).map(({ headers }) => headers.authorization);
      expect(sent.filter((authorization) => authorization !== undefined && good.has(authorization))).toEqual([]);
    }
  });

  it('shares the token of the same account, and asks for it once at the same time', async () => {
    const registry = await registryWith({ auth: bearer });
    const client = clientWith();
    const calls = Array.from({ length: 5 }, () => client.resolve(ref(registry), { keychain: has(alice) }));
    await Promise.all(calls);
    await client.resolve(ref(registry), { keychain: has({ ...alice, source: 'the same account of another pod' }) });
    expect(visitors(registry, isToken)).toEqual(['robot:right']);
  });

  it('gets a new token when the shared one was revoked, and blames its own credential', async () => {
    const registry = await registryWith({ auth: bearer });
    const client = clientWith();
    await client.resolve(ref(registry), { keychain: has(alice) });
    registry.revokeTokens();
    await client.resolve(ref(registry), { keychain: has(alice) });
    expect(visitors(registry, isToken)).toHaveLength(2);
    const challenge = { 'www-authenticate': `Bearer realm="${registry.url}/token",service="${registry.host}"` };
    registry.addFault({ on: 'manifest', fault: { kind: 'status', status: 401, headers: challenge } });
    const bob = has({ ...alice, source: 'bob' });
    expect((await failureOf(client.resolve(ref(registry), { keychain: bob }))).hint).toContain('from bob was refused');
  });
});
