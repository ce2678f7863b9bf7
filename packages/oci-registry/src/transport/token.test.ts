import { describe, expect, it } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry } from '../testing.ts';
import { parseChallenges } from './challenge.ts';
import { loopbackServer } from './loopback-server.test-support.ts';
import { scopesOf } from './token-scope.ts';

const user = { username: 'robot', password: 'pass' };

describe('the scopes of a token', () => {
  const scopes = (named: string | undefined, actions: string, also: readonly string[] = []): readonly string[] => {
    const [challenge] = parseChallenges(named === undefined ? 'Bearer' : `Bearer scope="${named}"`);
    if (challenge === undefined) return expect.fail('no challenge');
    const target = { registry: 'r.example', repository: 'team/app' };
    const registry = new URL('https://r.example/v2/');
    return scopesOf({ registry, target, actions, scopes: also, challenge, credential: undefined });
  };

  it('are those wanted where the challenge names none', () => {
    expect(scopes(undefined, 'pull,push')).toEqual(['repository:team/app:pull,push']);
    expect(scopes(' ', 'pull')).toEqual(['repository:team/app:pull']);
  });

  it('are those of the challenge, widened in our repository and nowhere else', () => {
    expect(scopes('repository:team/app:pull', 'pull')).toEqual(['repository:team/app:pull']);
    expect(scopes('repository:team/app:pull repository:base:pull', 'pull,push')).toEqual([
      'repository:team/app:pull,push',
      'repository:base:pull',
    ]);
    expect(scopes('registry:catalog:*', 'pull')).toEqual(['registry:catalog:*']);
    expect(scopes('repository:team/app:*', 'pull,push')).toEqual(['repository:team/app:*']);
    expect(scopes('repository:team/app2:pull', 'pull,push')).toEqual(['repository:team/app2:pull']);
    expect(scopes('a:b:c a:b:c', 'pull')).toEqual(['a:b:c']);
  });

  it('have those beside them that the request wants by itself', () => {
    const mine = 'repository:team/app:pull,push';
    const base = 'repository:base:pull';
    expect(scopes('repository:team/app:pull', 'pull,push', [base])).toEqual([mine, base]);
    expect(scopes(undefined, 'pull,push', [base])).toEqual([mine, base]);
    expect(scopes(`${mine} ${base}`, 'pull,push', [base])).toEqual([mine, base]);
  });
});

describe('the life of a token', () => {
  /** How many tokens a client gets that asks at these times, in seconds, of a token server that answers so. */
  async function tokensFor(
    document: object,
    times: readonly number[],
    headers: Record<string, string> = {},
  ): Promise<number> {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const begin = now;
    const registry = await registryWithTokens(document, headers);
    const keychain = staticKeychain({ [registry.host]: user });
    const client = untilTestEnds(new RegistryClient({ keychain, now: () => now }));
    for (const time of times) {
      now = begin + time * 1000;
      await client.getManifest(`${registry.host}/app:1`);
    }
    return registry.tokens();
  }

  async function registryWithTokens(document: object, headers: Record<string, string>) {
    let tokens = 0;
    const body = '{"schemaVersion":2,"manifests":[]}';
    const type = 'application/vnd.oci.image.index.v1+json';
    const server = await loopbackServer((request, response) => {
      if (request.url?.startsWith('/token')) {
        tokens += 1;
        response.writeHead(200, headers).end(JSON.stringify({ token: `t${tokens}`, ...document }));
      } else if (request.headers.authorization === undefined) {
        const challenge = `Bearer realm="http://${request.headers.host}/token",service="x"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      } else response.writeHead(200, { 'content-type': type }).end(body);
    });
    return { host: server.host, tokens: () => tokens };
  }

  it.each([
    ['is 60 s where nothing is said', {}, [0, 50, 55], 2],
    ['is 60 s where nothing is left', { expires_in: 0 }, [0, 50, 55], 2],
    ['is 60 s where less than nothing is left', { expires_in: -5 }, [0, 50], 1],
    ['is a day where it is absurd', { expires_in: 1e300 }, [0, 80_000, 86_399], 2],
    ['may be written as text', { expires_in: '100' }, [0, 85, 95], 2],
    ['does not depend on text that is no number', { expires_in: 'soon', issued_at: 5 }, [0, 50], 1],
  ])('%s', async (_, document, times, tokens) => {
    expect(await tokensFor(document, times)).toBe(tokens);
  });

  it('is shorter for a token that was given before, by the clock of its server', async () => {
    const headers = { date: 'Thu, 01 Jan 2026 05:04:00 GMT' };
    const old = { expires_in: 300, issued_at: '2026-01-01T05:00:00Z' };
    expect(await tokensFor(old, [0, 50, 60], headers)).toBe(2);
    // Nothing would be left: the clock is wrong, and the life counts from now.
    expect(await tokensFor({ ...old, issued_at: '2025-01-01T00:00:00Z' }, [0, 250], headers)).toBe(1);
    expect(await tokensFor({ ...old, issued_at: '2027-01-01T00:00:00Z' }, [0, 250], headers)).toBe(1);
    expect(await tokensFor({ ...old, issued_at: 'yesterday' }, [0, 250], headers)).toBe(1);
  });
});

describe('a token server that cannot answer now', () => {
  async function bearer(): Promise<{ registry: TestRegistry; client: RegistryClient; reference: string }> {
    const registry = untilTestEnds(await createRegistry({ auth: { type: 'bearer', ...user } }));
    const { reference } = await registry.push('app', '1');
    const keychain = staticKeychain({ [registry.host]: user });
    const client = untilTestEnds(new RegistryClient({ keychain, retry: { sleep: () => Promise.resolve() } }));
    return { registry, client, reference };
  }

  it.each([429, 500, 503])('is asked again after %i', async (status) => {
    const { registry, client, reference } = await bearer();
    registry.addFault({ on: 'token', times: 2, fault: { kind: 'status', status } });
    await client.resolve(reference);
    expect(registry.requests.filter(({ path }) => path === '/token')).toHaveLength(3);
  });

  it('fails the request when it goes on, and says when to come back', async () => {
    const { registry, client, reference } = await bearer();
    registry.addFault({ on: 'token', fault: { kind: 'status', status: 429, retryAfter: 120 } });
    expect(await failureOf(client.resolve(reference))).toMatchObject({
      code: 'TOOMANYREQUESTS',
      retryable: true,
      retryAfter: 120_000,
    });
  });
});
