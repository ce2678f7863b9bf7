import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Credential } from '../credentials/credential.ts';
import type { Keychain } from '../credentials/keychain.ts';
import { staticKeychain } from '../credentials/static-keychain.ts';
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

/** A client that does not sleep but tells for how long it would have. */
function clientWith(options: RegistryClientOptions = {}): RegistryClient & { slept: number[] } {
  const slept: number[] = [];
  const retry = {
    random: () => 1,
    sleep: (ms: number) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const client = new RegistryClient({ ...options, retry: { ...retry, ...options.retry } });
  untilTestEnds(client);
  return Object.assign(client, { slept });
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of source) length += chunk.length;
  return length;
}

const ref = (registry: TestRegistry): string => `${registry.host}/team/app:1`;
const credentialFor = (registry: TestRegistry, credential: Credential): Keychain =>
  staticKeychain({ [registry.host]: credential });
const user = { username: 'robot', password: 'pa:ss' };
const schemeOf = (value: unknown): string => String(value ?? 'none').split(' ', 1)[0] ?? '';
const log = (registry: TestRegistry): readonly string[] =>
  registry.requests.map(({ server, method, path, status, headers }) => {
    const what = path.split('/').at(-2) === 'v2' ? path : path.split('/').at(-2) || path.slice(1);
    return `${server} ${method} ${what} ${schemeOf(headers.authorization)} ${status}`;
  });

describe('anonymous access', () => {
  it('goes straight to the resource', async () => {
    const registry = await registryWith();
    await clientWith({ userAgent: 'test/1' }).resolve(ref(registry));
    expect(log(registry)).toEqual(['registry GET manifests none 200', 'registry GET blobs none 200']);
    expect(registry.requests[0]?.headers).toMatchObject({ 'user-agent': 'test/1', 'accept-encoding': 'identity' });
  });
});

describe('Basic authentication', () => {
  it('answers a challenge whose realm is not a URL, and remembers the answer', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    await clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry));
    expect(log(registry)).toEqual([
      'registry GET manifests none 401',
      'registry GET manifests Basic 200',
      'registry GET blobs Basic 200',
    ]);
  });

  it('tells a missing credential from a wrong one, and tries a wrong one once', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    const missing = await failureOf(clientWith().resolve(ref(registry)));
    expect(missing).toMatchObject({ code: 'UNAUTHORIZED', status: 401, retryable: false });
    expect(missing.hint).toContain(`no credential is configured for ${registry.host}`);

    const wrong = { username: 'robot', password: 'hunter2', source: '/etc/config.json' };
    const client = clientWith({ keychain: credentialFor(registry, wrong) });
    const refused = await failureOf(client.resolve(ref(registry)));
    expect(refused.code).toBe('UNAUTHORIZED');
    expect(refused.hint).toContain('from /etc/config.json was refused');
    expect(`${refused.message} ${refused.hint}`).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(registry.requests.filter(({ headers }) => headers.authorization !== undefined)).toHaveLength(1);

    const tokenOnly = clientWith({ keychain: credentialFor(registry, { identityToken: 'x' }) });
    expect((await failureOf(tokenOnly.resolve(ref(registry)))).message).toContain('has only a token');
  });

  it('asks the keychain again when what worked is refused', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    let asked = 0;
    const keychain: Keychain = {
      resolve: () => {
        asked += 1;
        return Promise.resolve(user);
      },
    };
    const client = clientWith({ keychain });
    await client.resolve(ref(registry));
    registry.addFault({
      on: 'manifest',
      times: 1,
      fault: { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    });
    // The same user name and password again: that is a refusal, not a reason to try on.
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('UNAUTHORIZED');
    expect(asked).toBe(2);
  });
});

describe('Bearer authentication', () => {
  it('gets a token by GET with Basic, for pulling this repository only', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user } });
    await clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry));
    expect(log(registry)).toEqual([
      'registry GET manifests none 401',
      'registry GET token Basic 200',
      'registry GET manifests Bearer 200',
      'registry GET blobs Bearer 200',
    ]);
    const query = new URLSearchParams(registry.requests[1]?.query);
    expect(Object.fromEntries(query)).toEqual({
      service: registry.host,
      scope: 'repository:team/app:pull',
      account: 'robot',
    });
  });

  it('gets a token anonymously, and says that no credential is known where that does not do', async () => {
    const auth = { type: 'bearer', anonymousPull: true } as const;
    const open = await registryWith({ auth });
    await clientWith().resolve(ref(open));
    expect(log(open)[1]).toBe('registry GET token none 200');

    const closed = await registryWith({ auth: { ...auth, anonymousPull: false } });
    const error = await failureOf(clientWith().resolve(ref(closed)));
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', hint: expect.stringContaining('no credential') });
    expect(closed.requests).toHaveLength(3);
  });

  it('exchanges an identity token by POST', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', identityToken: 'refresh-me' } });
    await clientWith({ keychain: credentialFor(registry, { identityToken: 'refresh-me' }) }).resolve(ref(registry));
    expect(log(registry)[1]).toBe('registry POST token none 200');
    expect(registry.requests[1]?.query).toBe('');

    const wrong = clientWith({ keychain: credentialFor(registry, { identityToken: 'stale-token' }) });
    const error = await failureOf(wrong.resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', hint: expect.stringContaining('refused; check the token') });
    expect(`${error.message} ${error.hint}`).not.toContain('stale-token');
  });

  it('takes a refused refresh token for what it is when the token server answers 400', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', identityToken: 'good' } });
    registry.addFault({
      on: 'token',
      fault: { kind: 'status', status: 400, body: '{"error":"invalid_grant","error_description":"expired"}' },
    });
    const client = clientWith({ keychain: credentialFor(registry, { identityToken: 'good' }) });
    expect(await failureOf(client.resolve(ref(registry)))).toMatchObject({ code: 'UNAUTHORIZED', status: 400 });
  });

  it('sends a registry token as it is, once', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user } });
    const client = clientWith({ keychain: credentialFor(registry, { registryToken: 'ready-made' }) });
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('UNAUTHORIZED');
    const sent = registry.requests.map(({ headers }) => headers.authorization);
    // After it, anonymous access has its turn: a question to the token server, and its answer.
    expect(sent).toEqual([undefined, 'Bearer ready-made', undefined, expect.stringMatching(/^Bearer (?!ready-made)/)]);
  });

  it('says so when user name and password are wrong', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user } });
    const keychain = credentialFor(registry, { username: 'robot', password: 'hunter2' });
    const error = await failureOf(clientWith({ keychain }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    expect(error.message).toContain('/token: HTTP 401');
    expect(error.hint).toContain('check the user name and password');
  });

  it('keeps a token until shortly before its end, per repository', async () => {
    let now = 1_000_000;
    const auth = { type: 'bearer', ...user, lifetime: 100 } as const;
    const registry = await registryWith({ auth, now: () => now });
    await registry.push('team/other', '1');
    const client = clientWith({ keychain: credentialFor(registry, user), now: () => now });
    const tokens = (): number => registry.requests.filter(({ path }) => path === '/token').length;
    await client.resolve(ref(registry));
    now += 89_000;
    await client.resolve(ref(registry));
    expect(tokens()).toBe(1);
    now += 2000;
    await client.resolve(ref(registry));
    expect(tokens()).toBe(2);
    await client.resolve(`${registry.host}/team/other:1`);
    expect(tokens()).toBe(3);
  });

  it('gets a new token when a good one is refused', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user } });
    const client = clientWith({ keychain: credentialFor(registry, user) });
    await client.resolve(ref(registry));
    registry.revokeTokens();
    await client.resolve(ref(registry));
    expect(registry.requests.filter(({ path }) => path === '/token')).toHaveLength(2);
  });

  it('asks once for many requests at the same time', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user } });
    const client = clientWith({ keychain: credentialFor(registry, user) });
    await Promise.all(Array.from({ length: 10 }, () => client.resolve(ref(registry))));
    expect(registry.requests.filter(({ path }) => path === '/token')).toHaveLength(1);
  });

  it.each([
    ['a realm that is no URL', 'Sonatype Nexus', 'CHALLENGE_INVALID'],
    ['a realm of another scheme', 'file:///etc/passwd', 'CHALLENGE_INVALID'],
    ['a realm with user info', 'http://a:b@127.0.0.1/token', 'CHALLENGE_INVALID'],
    ['a realm on the metadata service', 'http://169.254.169.254/latest/meta-data', 'ADDRESS_FORBIDDEN'],
    ['a link-local realm', 'https://[fe80::1]/token', 'ADDRESS_FORBIDDEN'],
    ['the IPv6 metadata service', 'https://[fd00:ec2::254]/token', 'ADDRESS_FORBIDDEN'],
    ['a mapped metadata address', 'https://[::ffff:169.254.169.254]/token', 'ADDRESS_FORBIDDEN'],
  ])('does not send a credential to %s', async (_, realm, code) => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user, realm } });
    const error = await failureOf(clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry)));
    expect(error.code).toBe(code);
  });

  it('does not leave https for the token', async () => {
    const registry = await registryWith({
      tls: true,
      auth: { type: 'bearer', ...user, realm: 'http://127.0.0.1:1/token' },
    });
    const keychain = credentialFor(registry, user);
    const client = clientWith({ keychain, loopbackHttp: false, tls: { ca: registry.certificate } });
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('CHALLENGE_INVALID');
  });

  it('may follow a realm on another host from a registry with plain http', async () => {
    const tokens = await registryWith({ auth: { type: 'bearer', ...user } });
    const auth = { type: 'bearer', ...user, realm: `${tokens.url}/token` } as const;
    const registry = await registryWith({ auth });
    await failureOf(clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry)));
    expect(log(tokens)).toEqual(['registry GET token Basic 400', 'registry GET token none 400']);
  });

  it.each([
    ['endless', { kind: 'oversize', bytes: 1_000_000 }, 'RESPONSE_TOO_LARGE'],
    ['without a token', { kind: 'status', status: 200, body: '{"expires_in":60}' }, 'RESPONSE_INVALID'],
    [
      'with a token that breaks headers',
      { kind: 'status', status: 200, body: '{"token":"a\\r\\nb"}' },
      'RESPONSE_INVALID',
    ],
    ['in HTML', { kind: 'status', status: 200, body: '<html>secret</html>' }, 'RESPONSE_INVALID'],
    ['for a page that is not there', { kind: 'status', status: 404 }, 'CHALLENGE_INVALID'],
  ] as const)('refuses a token document %s', async (_, fault, code) => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user }, faults: [{ on: 'token', fault }] });
    const error = await failureOf(clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry)));
    expect(error.code).toBe(code);
    expect(String(error.cause)).not.toContain('secret');
  });

  it('uses access_token and the default life where the token server says no more', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user } });
    registry.addFault({
      on: 'token',
      fault: { kind: 'status', status: 200, body: '{"token":null,"access_token":"t","expires_in":null}' },
    });
    await failureOf(clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry)));
    const [, , answered, ...rest] = registry.requests;
    expect(answered?.headers.authorization).toBe('Bearer t');
    // Nobody in particular is given the same token, which is not sent a second time.
    expect(rest.map(({ path }) => path)).toEqual(['/token']);
  });
});

describe('challenges that cannot be answered', () => {
  it('names an unknown scheme as such', async () => {
    const registry = await registryWith();
    registry.addFault({ fault: { kind: 'status', status: 401, headers: { 'www-authenticate': 'Negotiate' } } });
    expect((await failureOf(clientWith().resolve(ref(registry)))).code).toBe('CHALLENGE_INVALID');
  });

  it('prefers Bearer where both are offered', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', ...user } });
    const both = `Basic realm="x", Bearer realm="${registry.url}/token",service="${registry.host}"`;
    registry.addFault({
      on: 'manifest',
      times: 1,
      fault: { kind: 'status', status: 401, headers: { 'www-authenticate': both } },
    });
    await clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry));
    expect(log(registry).slice(0, 3)).toEqual([
      'registry GET manifests none 401',
      'registry GET token Basic 200',
      'registry GET manifests Bearer 200',
    ]);
  });
});

describe('redirects', () => {
  it('go to another origin without the Authorization', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    registry.addFault({ on: 'blob', fault: { kind: 'redirect' } });
    const client = clientWith({ keychain: credentialFor(registry, user) });
    const image = await client.resolve(ref(registry));
    for (const layer of image.layers) expect(await collect(layer.open())).toBe(layer.size);
    const storage = registry.requests.filter(({ server }) => server === 'storage');
    expect(storage).toHaveLength(2);
    expect(storage.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(
      registry.requests
        .filter(({ path, server }) => server === 'registry' && path.includes('blobs'))
        .every(({ headers }) => headers.authorization !== undefined),
    ).toBe(true);
  });

  it('keep the Authorization within the origin', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    const { images } = await registry.push('team/app', '1');
    const to = `/v2/team/app/blobs/${images[0]?.config.digest}`;
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'redirect', to, status: 302 } });
    await clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry));
    expect(log(registry).at(-1)).toBe('registry GET blobs Basic 200');
  });

  it('do not bring the Authorization back after leaving the origin', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'redirect' } });
    registry.addFault({
      on: 'storage',
      times: 1,
      fault: { kind: 'redirect', to: `${registry.url}/v2/team/app/blobs/x` },
    });
    const error = await failureOf(clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    expect(log(registry).at(-1)).toBe('registry GET blobs none 401');
  });

  it('end after five', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', fault: { kind: 'redirect', to: '/v2/team/app/manifests/1' } });
    expect((await failureOf(clientWith().resolve(ref(registry)))).code).toBe('REDIRECT_INVALID');
    expect(registry.requests).toHaveLength(6);
  });

  it.each([
    ['another scheme', 'file:///etc/passwd', 'REDIRECT_INVALID'],
    ['user info', 'http://a:b@127.0.0.1/', 'REDIRECT_INVALID'],
    ['nowhere', 'http://', 'REDIRECT_INVALID'],
    ['the metadata service', 'http://169.254.169.254/latest?X-Amz-Signature=secret', 'ADDRESS_FORBIDDEN'],
  ])('are not followed to %s', async (_, to, code) => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', fault: { kind: 'redirect', to } });
    const error = await failureOf(clientWith().resolve(ref(registry)));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('secret');
  });

  it('are not followed from https to http', async () => {
    const registry = await registryWith({ tls: true });
    registry.addFault({ on: 'manifest', fault: { kind: 'redirect', to: 'http://127.0.0.1:1/' } });
    const client = clientWith({ loopbackHttp: false, tls: { ca: registry.certificate } });
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('REDIRECT_INVALID');
  });

  it('do not answer challenges of the place they lead to', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    registry.addFault({ on: 'blob', fault: { kind: 'redirect' } });
    const challenge = { 'www-authenticate': 'Basic realm="give me"' };
    registry.addFault({ on: 'storage', fault: { kind: 'status', status: 401, headers: challenge } });
    await failureOf(clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry)));
    expect(registry.requests.filter(({ server }) => server === 'storage')).toHaveLength(1);
  });
});

describe('retries', () => {
  it.each([500, 502, 503, 504, 408, 429])('sends a request again after %i', async (status) => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', times: 2, fault: { kind: 'status', status } });
    const client = clientWith();
    await client.resolve(ref(registry));
    expect(client.slept).toEqual([500, 1000]);
  });

  it('sends a request again after the connection broke before an answer', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', times: 2, fault: { kind: 'reset' } });
    await clientWith().resolve(ref(registry));
    expect(registry.requests.map(({ outcome }) => outcome)).toEqual(['closed', 'closed', 'sent', 'sent']);
  });

  it('gives up after three, and says whether it may be tried later', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', fault: { kind: 'status', status: 503 } });
    const error = await failureOf(clientWith().resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', status: 503, retryable: true });
    expect(registry.requests).toHaveLength(3);
    registry.clearFaults();
    registry.addFault({ on: 'manifest', fault: { kind: 'reset' } });
    expect(await failureOf(clientWith().resolve(ref(registry)))).toMatchObject({ code: 'NETWORK', retryable: true });
    expect(registry.requests).toHaveLength(6);
  });

  it('waits as long as Retry-After says, and no attempt at all when that is too long', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status: 429, retryAfter: 7 } });
    const client = clientWith();
    await client.resolve(ref(registry));
    expect(client.slept).toEqual([7000]);

    registry.addFault({ on: 'manifest', fault: { kind: 'status', status: 429, retryAfter: 3600 } });
    const error = await failureOf(client.resolve(ref(registry)));
    expect(error).toMatchObject({
      code: 'TOOMANYREQUESTS',
      retryable: true,
      retryAfter: 3_600_000,
      hint: expect.any(String),
    });
    expect(client.slept).toEqual([7000]);
  });

  it('does not repeat what will not change', async () => {
    const registry = await registryWith();
    for (const status of [400, 403, 404, 501]) {
      const before = registry.requests.length;
      registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status } });
      expect((await failureOf(clientWith().resolve(ref(registry)))).retryable).toBe(false);
      expect(registry.requests.length).toBe(before + 1);
    }
  });

  it('stops sleeping when the signal aborts', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', fault: { kind: 'status', status: 503 } });
    const client = new RegistryClient({ retry: { baseDelay: 60_000, maxDelay: 60_000, random: () => 1 } });
    untilTestEnds(client);
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 50);
    await expect(client.resolve(ref(registry), { signal: controller.signal })).rejects.toBe('enough');
  });
});

describe('answers of a registry as errors', () => {
  it('keeps the codes of the distribution-spec, by body or by status', async () => {
    const registry = await registryWith();
    const client = clientWith();
    expect(await failureOf(client.resolve(`${registry.host}/team/app:2`))).toMatchObject({
      code: 'MANIFEST_UNKNOWN',
      status: 404,
    });
    expect(await failureOf(client.resolve(`${registry.host}/team/none:1`))).toMatchObject({ code: 'NAME_UNKNOWN' });
    const cases = [
      [404, '', 'MANIFEST_UNKNOWN'],
      [404, '<html>', 'MANIFEST_UNKNOWN'],
      [403, '', 'DENIED'],
      [400, '{"errors":[{"code":"TAG_INVALID"}]}', 'TAG_INVALID'],
      [400, '{"errors":[{"code":"SOMETHING_ELSE"}]}', 'RESPONSE_INVALID'],
      [406, '[]', 'UNSUPPORTED'],
      [418, '{"errors":null}', 'RESPONSE_INVALID'],
      [204, '', 'RESPONSE_INVALID'],
    ] as const;
    for (const [status, body, code] of cases) {
      registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status, body } });
      expect((await failureOf(client.resolve(ref(registry)))).code, `${status} ${body}`).toBe(code);
    }
  });

  it('repeats what the registry says, but no signed URL and not for ever', async () => {
    const registry = await registryWith();
    const message = 'see https://s3.example/x?X-Amz-Signature=secret';
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message }] });
    registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'status', status: 403, body } });
    const error = await failureOf(clientWith().resolve(ref(registry)));
    expect(error.message).toBe(
      `[DENIED] GET ${registry.host}/v2/team/app/manifests/1: HTTP 403, see https://s3.example/x`,
    );
    registry.addFault({ on: 'manifest', times: 1, fault: { kind: 'oversize', bytes: 10_000_000 } });
    registry.addFault({
      on: 'manifest',
      times: 1,
      fault: { kind: 'status', status: 400, body: 'x'.repeat(1_000_000) },
    });
    await failureOf(clientWith().resolve(ref(registry)));
    expect((await failureOf(clientWith().resolve(ref(registry)))).message.length).toBeLessThan(300);
  });
});

describe('connections that fail', () => {
  const noRetry = { retry: { tries: 1 } };

  it('says that nothing listens', async () => {
    const registry = await createRegistry();
    await registry.close();
    const error = await failureOf(clientWith(noRetry).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'NETWORK', retryable: true, hint: expect.stringContaining('registry runs') });
    expect(error.cause).toBeDefined();
  });

  it('says that a name does not resolve', async () => {
    const error = await failureOf(clientWith(noRetry).resolve('registry.invalid/app:1'));
    expect(error).toMatchObject({ code: 'NETWORK', hint: expect.stringContaining('spelling') });
  });

  it('gives up on a registry that accepts and says nothing, and on one that stops in the middle', async () => {
    const registry = await registryWith();
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const limits = { headersTimeout: 200, bodyTimeout: 200 };
    const client = clientWith({ ...noRetry, limits });
    expect(await failureOf(client.resolve(`127.0.0.1:${port}/app:1`))).toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));

    registry.addFault({ on: 'blob', fault: { kind: 'stall', after: 10 } });
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('TIMEOUT');
  });

  it('rejects with the reason of its signal while the connection is still being made', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const controller = new AbortController();
    const client = clientWith({ loopbackHttp: false });
    const resolving = client.resolve(`127.0.0.1:${port}/app:1`, { signal: controller.signal });
    const [socket] = await accepted;
    controller.abort('enough');
    await expect(resolving).rejects.toBe('enough');
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('does not mind a slow body, as long as it comes', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'slow', chunkBytes: 20, delay: 60 } });
    const client = clientWith({ limits: { bodyTimeout: 400 } });
    expect((await client.resolve(ref(registry))).layers).toHaveLength(1);
  });

  it('does not count the time in which the reader is slow', async () => {
    const registry = await registryWith();
    const layers = [{ tar: Buffer.alloc(20_000_000, 'x'), compression: 'none' }] as const;
    const { reference } = await registry.push('team/big', '1', { layers });
    const image = await clientWith({ limits: { bodyTimeout: 300 } }).resolve(reference);
    let length = 0;
    for await (const chunk of image.layers[0]?.open() ?? expect.fail()) {
      if (length === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
      length += chunk.length;
    }
    expect(length).toBe(20_000_000);
  });

  it('says why a certificate is not trusted, and trusts a given authority', async () => {
    const registry = await registryWith({ tls: true });
    const error = await failureOf(clientWith({ loopbackHttp: false }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'TLS', retryable: false, hint: expect.stringContaining('tls.ca') });
    expect(registry.requests).toHaveLength(0);
    await clientWith({ loopbackHttp: false, tls: { ca: registry.certificate } }).resolve(ref(registry));
    await clientWith({ loopbackHttp: false, tls: { rejectUnauthorized: false } }).resolve(ref(registry));
  });

  it('says that the certificate is for another host', async () => {
    const { selfSignedCertificate } = await import('../testing.ts');
    const tls = selfSignedCertificate(['registry.example']);
    const registry = await registryWith({ tls });
    const error = await failureOf(clientWith({ loopbackHttp: false, tls: { ca: tls.cert } }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'TLS', message: expect.stringContaining('another host') });
  });

  it('says what to do when a registry has no TLS', async () => {
    const registry = await registryWith();
    const error = await failureOf(clientWith({ loopbackHttp: false }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'TLS', hint: expect.stringContaining('insecureHttp') });
    await clientWith({ loopbackHttp: false, insecureHttp: [registry.host] }).resolve(ref(registry));
    await clientWith({ loopbackHttp: false, insecureHttp: (host) => host === registry.host }).resolve(ref(registry));
  });

  it('says that an answer is not HTTP', async () => {
    const registry = await registryWith({ tls: true });
    const error = await failureOf(clientWith(noRetry).resolve(ref(registry)));
    expect(['NETWORK', 'RESPONSE_INVALID']).toContain(error.code);
  });
});
