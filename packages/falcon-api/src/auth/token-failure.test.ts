import { inspect } from 'node:util';
import { MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { resolveCloud } from '../cloud/resolve-cloud.ts';
import type { HostReaction } from '../testing/host-server.ts';
import { failure, secret, sourceFor, sourceOf, startCloud, startEndpoint } from './token-source.test-support.ts';

describe('a refused token request', () => {
  it('with wrong credentials says so', async () => {
    const cloud = await startCloud();
    const error = await failure(sourceOf(cloud, { clientSecret: 'wrong' }).token());
    expect(error).toMatchObject({ code: 'CREDENTIALS_REJECTED', status: 403, retryable: false });
    expect(error.message).toBe(
      `[CREDENTIALS_REJECTED] POST ${cloud.apiUrl}/oauth2/token: client id and secret were refused (403: access denied, invalid client id or secret)`,
    );
    expect(error.hint).toContain('the cloud is the one');
    expect(error.traceId).toBe(cloud.requests[0]!.traceId);
  });

  it('from a blocked address speaks of the allow-list', async () => {
    const cloud = await startCloud({ faults: { ipBlocked: true } });
    const error = await failure(sourceOf(cloud).token());
    expect(error.code).toBe('IP_NOT_ALLOWED');
    expect(error.hint).toContain('allow-list');
  });

  it('with that message among others is about the credentials, not the address', async () => {
    const errors = [
      { code: 403, message: 'access denied, authorization failed' },
      { code: 403, message: 'client disabled' },
    ];
    const url = await startEndpoint(() => ({ status: 403, json: { errors } }));
    expect((await failure(sourceFor(url).token())).code).toBe('CREDENTIALS_REJECTED');
  });

  it('with a page instead of JSON speaks of a proxy', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const refused = agent.get('https://api.us-2.crowdstrike.com').intercept({ path: '/oauth2/token', method: 'POST' });
    refused.reply(403, '<html>blocked by policy</html>');
    const source = sourceFor('https://api.us-2.crowdstrike.com', { dispatcher: agent });
    const error = await failure(source.token());
    expect(error).toMatchObject({ code: 'REQUEST_REJECTED', hint: expect.stringContaining('proxy') });
    expect(error.message).not.toContain('policy');
  });

  it('where the host has no such endpoint says so', async () => {
    const url = await startEndpoint(() => ({ status: 404 }));
    expect(await failure(sourceFor(url).token())).toMatchObject({ code: 'NOT_FOUND', retryable: false });
  });

  it.each([200, 201, 400, 401])('with %i and an empty answer speaks of GovCloud, too', async (status) => {
    const url = await startEndpoint(() => ({ status }));
    expect(await failure(sourceFor(url).token())).toMatchObject({ code: 'CLOUD_MISMATCH', status });
  });

  it('with an empty answer of a GovCloud is about the credentials', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const { apiUrl } = resolveCloud('gov1');
    agent.get(apiUrl).intercept({ path: '/oauth2/token', method: 'POST' }).reply(403, '');
    const error = await failure(sourceFor(apiUrl, { dispatcher: agent }).token());
    expect(error.code).toBe('CREDENTIALS_REJECTED');
  });

  it('with an empty answer speaks of GovCloud', async () => {
    const cloud = await startCloud({ faults: { govCloud: true } });
    const error = await failure(sourceOf(cloud).token());
    expect(error).toMatchObject({ code: 'CLOUD_MISMATCH', retryable: false, status: 403 });
    expect(error.hint).toContain('set the cloud to us-gov-1 or us-gov-2');
  });

  it.each(['seconds', 'milliseconds'] as const)('for its rate tells how long to wait, in %s', async (unit) => {
    const cloud = await startCloud({ now: () => 5_000, faults: { rateLimit: { on: 'token', unit, wait: 7_000 } } });
    const now = () => (unit === 'seconds' ? 5_000 : 1_786_000_000_000);
    const url = await startEndpoint(() => ({
      status: 429,
      headers: { 'x-ratelimit-retryafter': unit === 'seconds' ? '12' : '1786000007000' },
    }));
    expect(await failure(sourceFor(url, { now }).token())).toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      retryAfter: 7_000,
    });
    expect((await failure(sourceOf(cloud, { now: () => 5_000 }).token())).code).toBe('RATE_LIMITED');
  });

  it.each([
    [400, 'REQUEST_REJECTED', false],
    [413, 'REQUEST_REJECTED', false],
    [500, 'UNAVAILABLE', true],
    [502, 'UNAVAILABLE', true],
  ])('with status %i is %s', async (status, code, retryable) => {
    const url = await startEndpoint(() => ({ status, json: { errors: [{ code: status, message: 'no\u001b[31m' }] } }));
    const error = await failure(sourceFor(url).token());
    expect(error).toMatchObject({ code, retryable, status });
    expect(error.message).toContain(`the cloud answered ${status} (${status}: no [31m)`);
  });

  it.each([
    { access_token: '' },
    { access_token: 'a\r\nb' },
    { access_token: 'abc', expires_in: -1 },
    { access_token: 'abc', expires_in: '1799' },
    { token: 'abc' },
    [],
  ])('with the success %j is RESPONSE_INVALID', async (json) => {
    const url = await startEndpoint(() => ({ status: 201, json }));
    expect(await failure(sourceFor(url).token())).toMatchObject({ code: 'RESPONSE_INVALID', retryable: false });
  });

  it('with an endless answer is cut off', async () => {
    const url = await startEndpoint(() => ({ status: 201, json: 'x'.repeat(100_000) }));
    expect((await failure(sourceFor(url).token())).code).toBe('RESPONSE_TOO_LARGE');
  });

  it('with a broken or missing connection is NETWORK, with silence TIMEOUT', async () => {
    const cut = await startCloud({ faults: { token: { answer: 'reset' } } });
    expect(await failure(sourceOf(cut).token())).toMatchObject({ code: 'NETWORK', retryable: true });
    await cut.close();
    expect((await failure(sourceOf(cut).token())).message).toMatch(/the connection failed \(ECONNREFUSED\)$/);
    const silent = await startCloud({ faults: { token: { answer: 'hang' } } });
    expect((await failure(sourceOf(silent, { timeout: 20 }).token())).code).toBe('TIMEOUT');
    await expect.poll(() => silent.connections.api).toBe(0);
  });
});

describe('the client secret', () => {
  it('shows in no error, wherever the cloud repeats it', async () => {
    const reactions: HostReaction[] = [
      { status: 403, json: { errors: [{ code: 403, message: `no such pair client:${secret}` }] } },
      { status: 400, json: { code: 400, message: secret } },
      { status: 500, json: { errors: [{ message: secret }] } },
      { status: 429, json: { errors: [{ message: secret }] } },
      { status: 201, json: { oops: secret } },
      'reset',
    ];
    for (const reaction of reactions) {
      const url = await startEndpoint(() => reaction);
      const error = await failure(sourceFor(url).token());
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(secret);
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(secret);
    }
  });

  it('shows in neither inspect nor JSON of the source, nor does a token in its own', async () => {
    const cloud = await startCloud();
    const source = sourceOf(cloud);
    const token = await source.token();
    const shown = `${inspect([source, token], { depth: 20, showHidden: true })}${JSON.stringify([source, token])}`;
    expect(shown).not.toContain(cloud.clientSecret);
    expect(shown).not.toContain(token.value);
  });
});
