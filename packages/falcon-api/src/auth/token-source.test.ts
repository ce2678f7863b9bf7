import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { FalconError } from '../falcon-error.ts';
import { createFalconCloud, type FalconCloudDouble } from '../testing/create-falcon-cloud.ts';
import type { FalconCloudDoubleOptions } from '../testing/falcon-cloud-options.ts';
import { type HostReaction, type HostRequest, startHost } from '../testing/host-server.ts';
import { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function startCloud(options: FalconCloudDoubleOptions = {}): Promise<FalconCloudDouble> {
  const cloud = await createFalconCloud(options);
  open.push(cloud);
  return cloud;
}

/** A token endpoint that answers what it is told. */
async function startEndpoint(react: (request: HostRequest) => HostReaction): Promise<string> {
  const host = await startHost(async (request) => react(request), 1024 * 1024);
  open.push(host);
  return host.url;
}

const secret = 'sEcReTsEcReTsEcReTsEcReTsEcReTsEcReT1234';

function sourceFor(url: string, options: Partial<TokenSourceOptions> = {}): TokenSource {
  return createTokenSource({ apiUrl: url, clientId: 'client', clientSecret: secret, ...options });
}

function sourceOf(cloud: FalconCloudDouble, options: Partial<TokenSourceOptions> = {}): TokenSource {
  return sourceFor(cloud.apiUrl, { clientId: cloud.clientId, clientSecret: cloud.clientSecret, ...options });
}

async function failure(promise: Promise<unknown>): Promise<FalconError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FalconError);
  return error as FalconError;
}

describe('createTokenSource', () => {
  it('gets a token and reuses it until 120 s before it expires', async () => {
    let now = 1_000_000;
    const cloud = await startCloud({ tokenLifetime: 1799, now: () => now });
    const source = sourceOf(cloud, { now: () => now });
    const first = await source.token();
    expect(first.expiresAt).toBe(1_000_000 + 1_799_000);
    now = 1_000_000 + 1_678_999;
    expect(await source.token()).toBe(first);
    now += 1;
    expect((await source.token()).value).not.toBe(first.value);
    expect(cloud.requests).toHaveLength(2);
  });

  it('renews a short-lived token after half its life', async () => {
    let now = 0;
    const cloud = await startCloud({ tokenLifetime: 60, now: () => now });
    const source = sourceOf(cloud, { now: () => now });
    const first = await source.token();
    now = 29_999;
    expect(await source.token()).toBe(first);
    now = 30_000;
    expect(await source.token()).not.toBe(first);
  });

  it('takes 200 as well as 201, and assumes 1799 s where the answer does not say', async () => {
    const url = await startEndpoint(() => ({ status: 200, json: { access_token: 'abc' } }));
    const token = await sourceFor(url, { now: () => 0 }).token();
    expect([token.value, token.expiresAt]).toEqual(['abc', 1_799_000]);
  });

  it('sends the form the cloud wants, with the child CID where there is one', async () => {
    const seen: HostRequest[] = [];
    const url = await startEndpoint((request) => {
      seen.push(request);
      return { status: 201, json: { access_token: 'abc', expires_in: 1799 } };
    });
    await sourceFor(url, { clientId: 'a b', clientSecret: 'c&d', memberCid: 'e', userAgent: 'agent/1' }).token();
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/oauth2/token', query: '' });
    expect(seen[0]!.body.toString()).toBe('client_id=a+b&client_secret=c%26d&member_cid=e');
    expect(seen[0]!.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'agent/1',
    });
  });

  it('asks once for all who want a token at the same time', async () => {
    const cloud = await startCloud();
    const source = sourceOf(cloud);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => source.token()));
    expect(new Set(tokens).size).toBe(1);
    expect(cloud.requests).toHaveLength(1);
  });

  it('lets one caller abort without disturbing the others', async () => {
    const cloud = await startCloud();
    const source = sourceOf(cloud);
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const impatient = source.token({ signal: controller.signal });
    const patient = source.token();
    controller.abort(reason);
    await expect(impatient).rejects.toBe(reason);
    expect((await patient).value).toMatch(/^ey/);
    expect(cloud.requests).toHaveLength(1);
  });

  it('closes the connection when the only caller aborts', async () => {
    const cloud = await startCloud({ faults: { token: { answer: 'hang' } } });
    const controller = new AbortController();
    const waiting = sourceOf(cloud).token({ signal: controller.signal });
    await expect.poll(() => cloud.requests.length).toBe(1);
    controller.abort('gone');
    await expect(waiting).rejects.toBe('gone');
    await expect.poll(() => cloud.connections.api).toBe(0);
  });

  it('forgets an invalidated token, but not the one that came after it', async () => {
    const cloud = await startCloud();
    const source = sourceOf(cloud);
    const first = await source.token();
    source.invalidate(first);
    const second = await source.token();
    expect(second.value).not.toBe(first.value);
    source.invalidate(first);
    expect(await source.token()).toBe(second);
  });

  it('revokes its token at the cloud', async () => {
    const cloud = await startCloud();
    const source = sourceOf(cloud);
    await source.revoke();
    expect(cloud.requests).toEqual([]);
    const token = await source.token();
    await source.revoke();
    expect(cloud.requests.at(-1)).toMatchObject({ path: '/oauth2/revoke', answer: 200 });
    expect((await source.token()).value).not.toBe(token.value);
  });

  it('says when revoking failed, without the credentials', async () => {
    const url = await startEndpoint(({ path }) =>
      path === '/oauth2/token'
        ? { status: 201, json: { access_token: 'tok', expires_in: 99 } }
        : { status: 403, json: {} },
    );
    const source = sourceFor(url);
    await source.token();
    expect(await failure(source.revoke())).toMatchObject({ code: 'CREDENTIALS_REJECTED', url: `${url}/oauth2/revoke` });
  });
});

describe('a renewal that fails', () => {
  it('gives the old token while it is valid, and the error afterwards', async () => {
    let now = 0;
    const cloud = await startCloud({ now: () => now });
    const source = sourceOf(cloud, { now: () => now });
    const token = await source.token();
    cloud.faults.token = { answer: 503 };
    now = 1_798_999;
    expect(await source.token()).toBe(token);
    now = 1_799_000;
    expect(await failure(source.token())).toMatchObject({ code: 'SERVER_ERROR', retryable: true, status: 503 });
  });

  it('gives the error at once where the credentials are refused', async () => {
    let now = 0;
    const cloud = await startCloud({ now: () => now });
    const source = sourceOf(cloud, { now: () => now });
    await source.token();
    cloud.faults.ipBlocked = true;
    now = 1_700_000;
    expect(await failure(source.token())).toMatchObject({ code: 'IP_NOT_ALLOWED', retryable: false });
  });
});

describe('credentials of another region', () => {
  it('are taken home by the redirect, which is remembered', async () => {
    const cloud = await startCloud({ region: 'eu-1' });
    const source = sourceOf(cloud, { apiUrl: cloud.otherRegionApiUrl });
    expect(source.region).toBeUndefined();
    source.invalidate(await source.token());
    await source.token();
    expect([source.apiUrl, source.region]).toEqual([cloud.apiUrl, 'eu-1']);
    expect(cloud.requests.map(({ host, answer }) => [host, answer])).toEqual([
      ['other-region', 308],
      ['api', 201],
      ['api', 201],
    ]);
  });

  it.each([
    ['http://evil.test/oauth2/token', 'redirected to evil.test'],
    ['https://api.crowdstrike.com.evil.test/oauth2/token', 'redirected to api.crowdstrike.com.evil.test'],
    ['http://api.crowdstrike.com/oauth2/token', 'redirected to api.crowdstrike.com,'],
    ['https://api.crowdstrike.com:8443/oauth2/token', 'redirected to api.crowdstrike.com:8443'],
    ['https://container-upload.us-1.crowdstrike.com/oauth2/token', 'redirected to container-upload'],
    ['file://localhost/etc/passwd', 'redirected to'],
    ['http://', 'redirected to a Location that is no URL'],
  ])('are not sent to %s', async (location, what) => {
    const url = await startEndpoint(() => ({ status: 308, headers: { location } }));
    const error = await failure(sourceFor(url).token());
    expect(error.code).toBe('REDIRECT_REFUSED');
    expect(error.message).toContain(what);
  });

  it('are not sent in circles', async () => {
    let calls = 0;
    const url = await startEndpoint(() => {
      calls += 1;
      return { status: 308, headers: { location: '/oauth2/token' } };
    });
    expect(await failure(sourceFor(url).token())).toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(calls).toBe(4);
  });

  it('are not sent anywhere by a redirect that turns the request into a GET, or that names no place', async () => {
    const moved = await startEndpoint(() => ({ status: 302, headers: { location: '/elsewhere' } }));
    expect((await failure(sourceFor(moved).token())).code).toBe('REDIRECT_REFUSED');
    const nowhere = await startEndpoint(() => ({ status: 308, headers: { 'x-cs-region': 'mars-1' } }));
    expect((await failure(sourceFor(nowhere).token())).message).toContain('redirected to nowhere');
  });
});

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

  it('with an empty answer speaks of GovCloud', async () => {
    const cloud = await startCloud({ faults: { govCloud: true } });
    const error = await failure(sourceOf(cloud).token());
    expect(error.code).toBe('CREDENTIALS_REJECTED');
    expect(error.hint).toContain('us-gov-1');
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
    [404, 'REQUEST_REJECTED', false],
    [500, 'SERVER_ERROR', true],
    [502, 'SERVER_ERROR', true],
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

describe('options', () => {
  it.each([
    [{ clientId: '' }, 'clientId: empty'],
    [{ clientSecret: ' ' }, 'clientSecret: empty'],
    [{ apiUrl: '' }, 'apiUrl: not a URL with a scheme'],
    [{ userAgent: 'a\nb' }, 'userAgent: not 1 to 256'],
  ])('%j are refused at once', (options, what) => {
    const create = () => sourceFor('https://api.crowdstrike.com', options);
    expect(create).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(create).toThrow(what);
  });
});
