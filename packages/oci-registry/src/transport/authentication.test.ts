import { describe, expect, it } from 'vitest';
import type { Keychain } from '../credentials/keychain.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { clientWith, credentialFor, log, ref, registryWith, user } from './pulling.test-support.ts';

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
