import { describe, expect, it } from 'vitest';
import type { HostFault } from './cloud-faults.ts';
import { minimalInventoryScanRequest } from './minimal-request.ts';
import { bearer, inventoryPath, pair, post, send, sendForm, startCloud } from './plain-calls.test-support.ts';

const body = minimalInventoryScanRequest();

/** What each of so many uploads to the upload host came to. */
async function outcomes(fault: HostFault, calls: number): Promise<(number | string)[]> {
  const cloud = await startCloud({ faults: { uploadInventory: fault } });
  const headers = await bearer(cloud);
  const seen: (number | string)[] = [];
  for (let call = 0; call < calls; call += 1) {
    const outcome = await post(cloud.uploadUrl, body, headers).catch(() => 'cut');
    seen.push(typeof outcome === 'string' ? outcome : outcome.status);
  }
  return seen;
}

describe('a fault of a host', () => {
  it.each<[string, HostFault, (number | string)[]]>([
    ['hits every call', { answer: 500 }, [500, 500, 500, 500]],
    ['hits as many as it is told', { answer: 'reset', times: 2 }, ['cut', 'cut', 200, 200]],
    ['hits each third', { answer: 503, every: 3 }, [200, 200, 503, 200, 200, 503, 200]],
    ['hits each second, twice', { answer: 'reset', every: 2, times: 2 }, [200, 'cut', 200, 'cut', 200, 200]],
    ['hits one method only', { answer: 500, method: 'HEAD' }, [200, 200]],
  ])('%s', async (_what, fault, expected) => {
    expect(await outcomes(fault, expected.length)).toEqual(expected);
  });

  it('that cuts the answer leaves the work done, so that the next attempt is a repeat', async () => {
    const cloud = await startCloud({ faults: { uploadInventory: { answer: 'truncated', times: 1 } } });
    const headers = await bearer(cloud);
    await expect(post(cloud.uploadUrl, body, headers)).rejects.toThrow();
    expect(cloud.stored.size).toBe(1);
    expect((await post(cloud.uploadUrl, body, headers)).status).toBe(200);
    expect([...cloud.stored.list()]).toMatchObject([{ repeats: 1 }]);
    const uploads = cloud.requests.filter(({ path }) => path === inventoryPath);
    expect(uploads.map(({ answer }) => answer)).toEqual(['truncated', 200]);
  });

  it('that cuts the answer cuts it for a token and for a HEAD, too', async () => {
    const cloud = await startCloud();
    const headers = await bearer(cloud);
    Object.assign(cloud.faults, { token: { answer: 'truncated' }, apiInventory: { answer: 'truncated' } });
    await expect(sendForm(`${cloud.apiUrl}/oauth2/token`, pair(cloud))).rejects.toThrow();
    await expect(send(cloud.apiUrl + inventoryPath, { method: 'HEAD', headers })).rejects.toThrow();
  });

  it('can delay the work, and closing ends the wait', async () => {
    const cloud = await startCloud({ faults: { apiInventory: { delay: 40 }, uploadInventory: { delay: 60_000 } } });
    const headers = await bearer(cloud);
    const began = performance.now();
    expect((await post(cloud.apiUrl, body, headers)).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(35);
    const waiting = post(cloud.uploadUrl, body, headers).catch((error: unknown) => error);
    await expect.poll(() => cloud.connections.upload).toBe(1);
    await cloud.close();
    expect(await waiting).toBeInstanceOf(Error);
  });

  it('can be set for the other calls of the API, changed and taken away while it runs', async () => {
    const cloud = await startCloud();
    const headers = await bearer(cloud);
    const ask = async () => (await send(`${cloud.apiUrl}/sensors/queries/installers/ccid/v1`, { headers })).status;
    expect(await ask()).toBe(200);
    cloud.faults.apiOther = { answer: 502 };
    expect(await ask()).toBe(502);
    expect((await post(cloud.apiUrl, body, headers)).status).toBe(200);
    delete cloud.faults.apiOther;
    expect(await ask()).toBe(200);
  });
});

describe('a deprecated interface', () => {
  it('says so on every answer', async () => {
    const cloud = await startCloud({ faults: { deprecated: 'gone by 2027' } });
    const { headers } = await post(cloud.uploadUrl, body, await bearer(cloud));
    expect(headers['x-api-deprecation']).toBe('gone by 2027');
    delete cloud.faults.deprecated;
    expect((await post(cloud.apiUrl, body, {})).headers).not.toHaveProperty('x-api-deprecation');
  });
});

describe('the rate limit of the double', () => {
  it('lets so many calls through in any minute and names the time of the next, in the unit that is set', async () => {
    for (const unit of ['seconds', 'milliseconds'] as const) {
      const clock = { now: 1_786_000_000_000 };
      const cloud = await startCloud({ rateLimit: 3, retryAfterUnit: unit, now: () => clock.now });
      const headers = await bearer(cloud);
      clock.now += 20_500;
      expect((await post(cloud.apiUrl, body, headers)).headers['x-ratelimit-remaining']).toBe('1');
      expect((await post(cloud.uploadUrl, body, headers)).headers['x-ratelimit-remaining']).toBe('0');
      const refused = await post(cloud.uploadUrl, body, headers);
      const time = Number(refused.headers['x-ratelimit-retryafter']);
      expect([refused.status, time]).toEqual([429, unit === 'seconds' ? 1_786_000_060 : 1_786_000_060_000]);
      expect(JSON.parse(refused.text)).toMatchObject({ errors: [{ code: 429 }], meta: {} });
      expect((await sendForm(`${cloud.apiUrl}/oauth2/token`, pair(cloud))).status).toBe(429);
      clock.now = 1_786_000_060_000;
      expect((await post(cloud.uploadUrl, body, headers)).status).toBe(200);
      expect((await post(cloud.uploadUrl, body, headers)).status).toBe(429);
      expect(cloud.rejections.map(({ reason }) => reason)).toEqual(['rate limit', 'rate limit', 'rate limit']);
    }
  });

  it('can be a fault of one kind of call, each second of them', async () => {
    const cloud = await startCloud({ faults: { rateLimit: { on: 'other', unit: 'seconds', wait: 0, every: 2 } } });
    const headers = await bearer(cloud);
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) {
      statuses.push((await send(`${cloud.apiUrl}/sensors/queries/installers/ccid/v1`, { headers })).status);
    }
    expect(statuses).toEqual([200, 429, 200, 429]);
    expect((await post(cloud.apiUrl, body, headers)).status).toBe(200);
  });
});
