import { describe, expect, it } from 'vitest';
import { type Answer, ask } from './ask.test-support.ts';
import { createRegistry } from './create-registry.ts';
import type { RegistryAuth } from './registry-auth.ts';
import type { TestRegistry, TestRegistryOptions } from './test-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

const user = { type: 'bearer', username: 'robot', password: 'secret', identityToken: 'refresh-1' } as const;
const basic = `Basic ${Buffer.from('robot:secret').toString('base64')}`;
const pull = 'repository:team/app:pull';

async function startRegistry(auth: RegistryAuth, options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry({ auth, ...options }));
  registry.pushManifest('team/app', '1', '{}', 'application/json');
  return registry;
}

async function askToken(registry: TestRegistry, scope: string, authorization?: string): Promise<Answer> {
  const query = new URLSearchParams({ service: registry.host, scope, offline_token: 'true' });
  return ask(registry, `GET /token?${query}`, authorization === undefined ? {} : { headers: { authorization } });
}

async function postToken(registry: TestRegistry, fields: Readonly<Record<string, string>>): Promise<Answer> {
  const form = new URLSearchParams({ service: registry.host, client_id: 'test', scope: pull, ...fields });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return ask(registry, 'POST /token', { headers, body: form.toString() });
}

function documentOf({ body }: Answer): Record<string, string | undefined> {
  return JSON.parse(body.toString()) as Record<string, string | undefined>;
}

async function statusWith(registry: TestRegistry, token: string | undefined, line: string): Promise<number> {
  const headers = { accept: '*/*', authorization: `Bearer ${token}` };
  return (await ask(registry, line, { headers })).status;
}

const tags = 'GET /v2/team/app/tags/list';

describe('a registry with Basic authentication', () => {
  it('lets in who has the password, and nobody else', async () => {
    const registry = await startRegistry({ type: 'basic', username: 'robot', password: 'secret' });
    expect((await ask(registry, tags, { headers: { authorization: basic } })).status).toBe(200);
    const refused = await ask(registry, tags, { headers: { authorization: `${basic}x` } });
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Basic realm="/),
    ]);
    expect((await ask(registry, 'GET /v2/')).status).toBe(401);
  });
});

describe('a registry with tokens', () => {
  it('asks for the scope of the request, and for none at the base of the API', async () => {
    const registry = await startRegistry(user);
    const challengeOf = async (line: string): Promise<string> =>
      String((await ask(registry, line)).headers['www-authenticate']);
    const start = `Bearer realm="${registry.url}/token",service="${registry.host}"`;
    expect(await challengeOf(tags)).toBe(`${start},scope="${pull}"`);
    expect(await challengeOf('POST /v2/team/app/blobs/uploads/')).toBe(`${start},scope="${pull},push"`);
    expect(await challengeOf('DELETE /v2/team/app/manifests/1')).toBe(`${start},scope="repository:team/app:delete"`);
    expect(await challengeOf('GET /v2/_catalog')).toBe(`${start},scope="registry:catalog:*"`);
    expect(await challengeOf('GET /v2/')).toBe(start);
  });

  it('gives tokens that are good for their scope and nothing else', async () => {
    const registry = await startRegistry(user);
    const { token } = documentOf(await askToken(registry, pull, basic));
    expect(await statusWith(registry, token, tags)).toBe(200);
    expect(await statusWith(registry, token, 'GET /v2/')).toBe(200);
    expect(await statusWith(registry, token, 'POST /v2/team/app/blobs/uploads/')).toBe(401);
    expect(await statusWith(registry, token, 'GET /v2/team/other/tags/list')).toBe(401);
    expect((await ask(registry, tags, { headers: { authorization: String(token) } })).status).toBe(401);
  });

  it('gives nobody a token that is good for anything, or one to pull where that is allowed', async () => {
    const closed = await startRegistry(user);
    expect(await statusWith(closed, documentOf(await askToken(closed, pull)).token, tags)).toBe(401);
    expect((await askToken(closed, pull, `${basic}x`)).status).toBe(401);
    const open = await startRegistry({ ...user, anonymousPull: true });
    const { token } = documentOf(await askToken(open, `${pull},push`));
    expect(await statusWith(open, token, tags)).toBe(200);
    expect(await statusWith(open, token, 'POST /v2/team/app/blobs/uploads/')).toBe(401);
  });

  it('takes an identity token by POST, and gives it to a user who asks for one', async () => {
    const registry = await startRegistry(user);
    const { refresh_token = '' } = documentOf(await askToken(registry, pull, basic));
    const answer = documentOf(await postToken(registry, { grant_type: 'refresh_token', refresh_token }));
    expect(await statusWith(registry, answer.access_token, tags)).toBe(200);
    expect(documentOf(await askToken(registry, pull)).refresh_token).toBeUndefined();
  });

  it.each([
    ['another identity token', { grant_type: 'refresh_token', refresh_token: 'other' }, 401],
    ['another grant', { grant_type: 'client_credentials' }, 401],
    ['a wrong password', { grant_type: 'password', username: 'robot', password: 'x' }, 401],
    ['no client', { grant_type: 'refresh_token', refresh_token: 'refresh-1', client_id: '' }, 400],
    ['another service', { grant_type: 'refresh_token', refresh_token: 'refresh-1', service: 'other' }, 400],
  ])('refuses %s by POST', async (_, fields, status) => {
    const registry = await startRegistry(user);
    expect((await postToken(registry, fields)).status).toBe(status);
  });

  it('takes a password by POST', async () => {
    const registry = await startRegistry(user);
    const answer = await postToken(registry, { grant_type: 'password', username: 'robot', password: 'secret' });
    expect(await statusWith(registry, documentOf(answer).access_token, tags)).toBe(200);
  });

  it('lets tokens end: by time, by number of requests, and by being revoked', async () => {
    let now = 0;
    const registry = await startRegistry({ ...user, lifetime: 10, requestsPerToken: 2 }, { now: () => now });
    const tokenOf = async () => documentOf(await askToken(registry, pull, basic)).token;
    const early = await tokenOf();
    expect(await statusWith(registry, early, tags)).toBe(200);
    now = 10_000;
    expect(await statusWith(registry, early, tags)).toBe(401);
    const counted = await tokenOf();
    const statuses = [1, 2, 3].map(() => statusWith(registry, counted, tags));
    expect((await Promise.all(statuses)).sort()).toEqual([200, 200, 401]);
    const revoked = await tokenOf();
    registry.revokeTokens();
    expect(await statusWith(registry, revoked, tags)).toBe(401);
  });
});
