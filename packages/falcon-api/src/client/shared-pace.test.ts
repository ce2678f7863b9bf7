import { MockAgent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTokenSource } from '../auth/create-token-source.ts';
import { startCloud } from '../auth/token-source.test-support.ts';
import type { FalconNotice } from '../http/falcon-notice.ts';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import { calls, failure, setUp } from './client.test-support.ts';
import { FalconClient } from './falcon-client.ts';

const inventory = minimalInventoryScanRequest();

describe('a 429', () => {
  it('lets every other call of the client rest, too', async () => {
    const notices: FalconNotice[] = [];
    const onNotice = (notice: FalconNotice) => notices.push(notice);
    const faults = { rateLimit: { unit: 'seconds', wait: 9_000, times: 1 } } as const;
    const { cloud, client, waits } = await setUp({ faults }, { retry: { attempts: 1 }, onNotice });
    expect((await failure(client.inventory.upload(inventory))).code).toBe('RATE_LIMITED');
    await client.ccid();
    expect(waits).toEqual([9_000]);
    const url = `${cloud.uploadUrl}/image-assessment/entities/image-inventory/v1`;
    expect(notices).toEqual([{ kind: 'cool-down', url, wait: 9_000, traceId: expect.any(String) }]);
  });

  it('lets the calls of other clients of the token source rest', async () => {
    const { cloud, clock, waits } = await setUp({
      faults: { rateLimit: { unit: 'milliseconds', wait: 4_000, times: 1 } },
    });
    const now = () => clock.now;
    const tokenSource = createTokenSource({ ...cloud, apiUrl: cloud.apiUrl, now });
    const sleep = async (milliseconds: number) => {
      waits.push(milliseconds);
      clock.now += milliseconds;
    };
    const shared = { tokenSource, uploadUrl: cloud.uploadUrl, now, sleep, random: () => 0.5, retry: { attempts: 1 } };
    await using one = new FalconClient(shared);
    await using two = new FalconClient(shared);
    expect((await failure(one.inventory.upload(inventory))).code).toBe('RATE_LIMITED');
    await two.ccid();
    expect(waits).toEqual([4_500]);
  });

  it('of the token endpoint lets calls rest', async () => {
    const faults = { rateLimit: { on: 'token', unit: 'seconds', wait: 3_000, times: 1 } } as const;
    const { client, waits } = await setUp({ faults }, { retry: { attempts: 1 } });
    expect((await failure(client.ccid())).code).toBe('RATE_LIMITED');
    await client.ccid();
    expect(waits).toEqual([3_000]);
  });

  it('that asks for more patience than there is refuses other calls without sending them', async () => {
    const faults = { rateLimit: { unit: 'seconds', wait: 300_000, times: 1 } } as const;
    const setup = await setUp({ faults });
    await failure(setup.client.inventory.upload(inventory));
    const before = setup.cloud.requests.length;
    setup.clock.now += 100_000;
    expect(await failure(setup.client.ccid())).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 200_000 });
    expect(setup.cloud.requests).toHaveLength(before);
    setup.clock.now += 100_000;
    await setup.client.inventory.upload(inventory);
    expect(calls(setup)).toEqual([
      ['upload', 429],
      ['upload', 200],
    ]);
  });

  it('is waited for once where sleeping does not move the clock', async () => {
    const faults = { rateLimit: { unit: 'seconds', wait: 2_000, times: 1 } } as const;
    const waits: number[] = [];
    const sleep = async (milliseconds: number) => void waits.push(milliseconds);
    const { client } = await setUp({ faults }, { retry: { attempts: 1 }, sleep });
    await failure(client.inventory.upload(inventory));
    await client.ccid();
    expect(waits).toEqual([2_000]);
  });
});

describe('a budget that is nearly spent', () => {
  it('spaces the calls, which then are not refused', async () => {
    const notices: FalconNotice[] = [];
    const setup = await setUp({ rateLimit: 14 }, { onNotice: (notice) => notices.push(notice) });
    for (const _ of Array.from({ length: 12 })) {
      await setup.client.ccid();
    }
    expect(setup.cloud.requests.map(({ answer }) => answer)).not.toContain(429);
    expect(setup.waits).toEqual([200, 200, 200, 200, 200, 500, 500, 500, 500]);
    expect(notices[0]).toEqual({ kind: 'slowed', call: 'GET /sensors/queries/installers/ccid/v1', wait: 200 });
  });

  it('is not waited for where that is switched off', async () => {
    const setup = await setUp({ rateLimit: 14 }, { pace: { steps: [] } });
    await Promise.all(Array.from({ length: 12 }, () => setup.client.ccid()));
    expect(setup.waits).toEqual([]);
  });

  it('holds nobody up who aborts', async () => {
    const cloud = await startCloud({ rateLimit: 3 });
    await using client = new FalconClient({ apiUrl: cloud.apiUrl, uploadUrl: cloud.uploadUrl, credentials: cloud });
    await client.ccid();
    const controller = new AbortController();
    const held = client.ccid({ signal: controller.signal });
    setImmediate(() => controller.abort('enough'));
    await expect(held).rejects.toBe('enough');
    expect(cloud.requests).toHaveLength(2);
  });
});

describe('notices', () => {
  it('tell of a deprecated call once', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    onTestFinished(() => agent.close());
    const host = agent.get('https://api.eu-1.crowdstrike.com');
    const headers = {
      'X-Api-Deprecation-Info': 'use\tv2',
      'X-Api-Deprecation-Date': '2027-01-01',
      'x-cs-traceid': 'a',
    };
    host.intercept({ method: 'POST', path: '/oauth2/token' }).reply(201, { access_token: 'tok' });
    host.intercept({ method: 'POST', path: '/oauth2/revoke' }).reply(500, '');
    const answer = { resources: ['0123456789ABCDEF0123456789ABCDEF-12'] };
    host.intercept({ method: 'GET', path: /ccid/ }).reply(200, answer, { headers }).times(2);
    const notices: FalconNotice[] = [];
    const urls = { apiUrl: 'https://api.eu-1.crowdstrike.com', uploadUrl: 'https://api.eu-1.crowdstrike.com' };
    const credentials = { clientId: 'a', clientSecret: 'b' };
    const onNotice = (notice: FalconNotice) => notices.push(notice);
    const client = new FalconClient({ ...urls, credentials, dispatcher: agent, onNotice });
    await client.ccid();
    await client.ccid();
    await client.close();
    expect(notices).toMatchObject([
      {
        kind: 'deprecation',
        method: 'GET',
        url: 'https://api.eu-1.crowdstrike.com/sensors/queries/installers/ccid/v1',
        headers: { 'x-api-deprecation-info': 'use v2', 'x-api-deprecation-date': '2027-01-01' },
        traceId: 'a',
      },
      { kind: 'revoke-failed', error: { code: 'UNAVAILABLE', status: 500 } },
    ]);
  });
});

describe('closing a client', () => {
  it('takes back the token of its own source', async () => {
    const { cloud, client } = await setUp();
    await client.ccid();
    await client.close();
    await client.close();
    expect(cloud.requests.filter(({ path }) => path === '/oauth2/revoke')).toMatchObject([{ answer: 200 }]);
  });

  it('leaves the token where told so, and that of a source it was given', async () => {
    const { cloud, client } = await setUp({}, { revokeOnClose: false });
    const tokenSource = createTokenSource({ ...cloud, apiUrl: cloud.apiUrl });
    const other = new FalconClient({ tokenSource, uploadUrl: cloud.uploadUrl });
    await Promise.all([client.ccid(), other.ccid()]);
    await Promise.all([client.close(), other.close()]);
    expect(cloud.requests.map(({ path }) => path)).not.toContain('/oauth2/revoke');
  });
});
