import { describe, expect, it } from 'vitest';
import type { FalconNotice } from '../http/falcon-notice.ts';
import type { HostRequest } from '../testing/host-server.ts';
import { failure, sourceFor, sourceOf, startCloud, startEndpoint } from './token-source.test-support.ts';

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

  it.each([
    [600_000, 1_199_000],
    [0, 1_799_000],
    [10_000_000, 899_500],
  ])('renews %i ms before expiry where told so, never before half its life', async (renewBefore, renewAt) => {
    let now = 0;
    const cloud = await startCloud({ now: () => now });
    const source = sourceOf(cloud, { now: () => now, renewBefore });
    const first = await source.token();
    now = renewAt - 1;
    expect(await source.token()).toBe(first);
    now = renewAt;
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
    const memberCid = ' 0123456789ABCDEF0123456789ABCDEF-12';
    await sourceFor(url, { clientId: 'a b', clientSecret: 'c&d', memberCid, userAgent: 'agent/1' }).token();
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/oauth2/token', query: '' });
    expect(seen[0]!.body.toString()).toBe(
      'client_id=a+b&client_secret=c%26d&member_cid=0123456789abcdef0123456789abcdef',
    );
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

  it('stops revoking with the reason of an abort', async () => {
    const cloud = await startCloud();
    const host = await startEndpoint(({ path }) =>
      path === '/oauth2/token' ? { status: 201, json: { access_token: 'tok', expires_in: 99 } } : 'hang',
    );
    const source = sourceFor(host);
    await source.token();
    const controller = new AbortController();
    const revoking = source.revoke({ signal: controller.signal });
    setTimeout(() => controller.abort('enough'), 20);
    await expect(revoking).rejects.toBe('enough');
    await expect(sourceOf(cloud).revoke({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
  });

  it('counts the life of a token from before it asked, so that a slow answer does not stretch it', async () => {
    let now = 0;
    const url = await startEndpoint(() => {
      now = 10_000;
      return { status: 201, json: { access_token: 'tok', expires_in: 100 } };
    });
    expect((await sourceFor(url, { now: () => now }).token()).expiresAt).toBe(100_000);
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

describe('closing a token source', () => {
  it('takes the token back and gives no other', async () => {
    const cloud = await startCloud();
    const source = sourceOf(cloud);
    await source.token();
    await source.close();
    await source.close();
    expect(cloud.requests.map(({ path, answer }) => [path, answer])).toEqual([
      ['/oauth2/token', 201],
      ['/oauth2/revoke', 200],
    ]);
    expect((await failure(source.token())).code).toBe('CLOSED');
  });

  it('ends the request that runs, and asks nothing where there is no token', async () => {
    const cloud = await startCloud({ faults: { token: { answer: 'hang' } } });
    const source = sourceOf(cloud);
    const waiting = failure(source.token());
    await expect.poll(() => cloud.requests.length).toBe(1);
    await source.close();
    expect((await waiting).code).toBe('CLOSED');
    await expect.poll(() => cloud.connections.api).toBe(0);
    expect(cloud.requests).toHaveLength(1);
  });

  it('lets know that the token could not be taken back, and is closed nevertheless', async () => {
    const url = await startEndpoint(({ path }) =>
      path === '/oauth2/token' ? { status: 201, json: { access_token: 'tok' } } : { status: 500 },
    );
    const notices: FalconNotice[] = [];
    const source = sourceFor(url, { onNotice: (notice) => notices.push(notice) });
    await source.token();
    await source.close();
    expect(notices).toMatchObject([{ kind: 'revoke-failed', error: { code: 'UNAVAILABLE', status: 500 } }]);
    expect((await failure(source.token())).code).toBe('CLOSED');
  });

  it('does not wait for a cloud that says nothing', async () => {
    const url = await startEndpoint(({ path }) =>
      path === '/oauth2/token' ? { status: 201, json: { access_token: 'tok' } } : 'hang',
    );
    const notices: FalconNotice[] = [];
    const source = sourceFor(url, { timeout: 200, onNotice: (notice) => notices.push(notice) });
    await source.token();
    await source.close();
    expect(notices).toMatchObject([{ kind: 'revoke-failed', error: { code: 'TIMEOUT' } }]);
  });

  it('comes with `await using`', async () => {
    const cloud = await startCloud();
    {
      await using source = sourceOf(cloud);
      await source.token();
    }
    expect(cloud.requests.at(-1)).toMatchObject({ path: '/oauth2/revoke', answer: 200 });
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
    expect(await failure(source.token())).toMatchObject({ code: 'UNAVAILABLE', retryable: true, status: 503 });
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

describe('options', () => {
  it.each([
    [{ clientId: '' }, 'clientId: empty'],
    [{ clientSecret: ' ' }, 'clientSecret: empty'],
    [{ apiUrl: '' }, 'apiUrl: not a URL with a scheme'],
    [{ userAgent: 'a\nb' }, 'userAgent: not 1 to 256'],
    [{ memberCid: 'child' }, 'memberCid: not 32 hexadecimal digits'],
    [{ renewBefore: -1 }, 'renewBefore: not a number of milliseconds'],
    [{ pace: { steps: [{ remaining: 5, gap: 60_001 }] } }, 'pace.steps'],
  ])('%j are refused at once', (options, what) => {
    const create = () => sourceFor('https://api.crowdstrike.com', options);
    expect(create).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(create).toThrow(what);
  });
});
