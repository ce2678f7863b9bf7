import { once } from 'node:events';
import { createServer } from 'node:net';
import { request } from 'undici';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFalconCloud, type FalconCloudDouble } from './create-falcon-cloud.ts';
import { minimalInventoryScanRequest } from './minimal-request.ts';
import { bearer, post } from './plain-calls.test-support.ts';

let cloud: FalconCloudDouble;

beforeEach(async () => {
  cloud = await createFalconCloud({ control: true });
  return () => cloud.close();
});

type Call = { method?: 'GET' | 'PUT' | 'POST' | 'DELETE'; body?: unknown; headers?: Record<string, string> };

async function control(path: string, { method = 'GET', body, headers }: Call = {}): Promise<[number, unknown]> {
  const answer = await request(`${cloud.controlUrl}${path}`, {
    ...{ method, headers: { 'content-type': 'application/json', ...headers } },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return [answer.statusCode, text === '' ? undefined : JSON.parse(text)];
}

describe('the control host', () => {
  it('is there only where it is asked for', async () => {
    await using plain = await createFalconCloud();
    expect(plain).not.toHaveProperty('controlUrl');
  });

  it('replaces the faults of a double that runs', async () => {
    cloud.faults.ipBlocked = true;
    const faults = { uploadInventory: { answer: 503, every: 2 } };
    expect(await control('/faults', { method: 'PUT', body: faults })).toEqual([200, faults]);
    expect([cloud.faults, await control('/faults')]).toEqual([faults, [200, faults]]);
    const headers = await bearer(cloud);
    const statuses = [1, 2].map(() => post(cloud.uploadUrl, minimalInventoryScanRequest(), headers));
    expect((await Promise.all(statuses)).map(({ status }) => status).toSorted()).toEqual([200, 503]);
    expect(await control('/faults', { method: 'PUT', body: {} })).toEqual([200, {}]);
  });

  it.each([
    [{ uploadInventory: { answer: 'explode' } }, /uploadInventory\.answer/],
    [{ rateLimit: { unit: 'days', wait: 1 } }, /rateLimit\.unit/],
    [{ unheardOf: true }, /unheardOf/],
    [{ deprecated: 'two\r\nlines' }, /deprecated/],
    ['{', /no JSON/],
  ])('refuses the faults %j and says why', async (body, message) => {
    const [status, answer] = await control('/faults', { method: 'PUT', body });
    expect([status, answer]).toEqual([400, { error: expect.stringMatching(message) }]);
    expect(cloud.faults).toEqual({});
  });

  it('shows what is stored, and one body whole', async () => {
    const upload = minimalInventoryScanRequest();
    await post(cloud.uploadUrl, upload, await bearer(cloud));
    const [, list] = await control('/inventories');
    const { id } = [...cloud.stored.list()][0]!;
    expect(list).toMatchObject([{ id, digest: upload.inventory.ImageInfo.Digest, host: 'upload', repeats: 0 }]);
    expect(await control(`/inventories/${id}`)).toEqual([200, upload]);
    expect((await control(`/inventories/${'0'.repeat(36)}`))[0]).toBe(404);
  });

  it('shows requests and rejections, without a token', async () => {
    await post(cloud.uploadUrl, { agent_uuid: 7 }, await bearer(cloud));
    const [, requests] = await control('/requests');
    expect(requests).toMatchObject([{ path: '/oauth2/token' }, { host: 'upload', answer: 400 }]);
    expect(JSON.stringify(requests)).not.toContain('Bearer');
    const [, rejections] = await control('/rejections');
    expect(rejections).toMatchObject([{ reason: expect.stringContaining('agent_uuid: expected string') }]);
  });

  it('changes the scopes and revokes the tokens', async () => {
    const headers = await bearer(cloud);
    await control('/scopes', { method: 'PUT', body: ['falcon-container-cli:read'] });
    expect(await control('/scopes')).toEqual([200, ['falcon-container-cli:read']]);
    expect((await post(cloud.apiUrl, minimalInventoryScanRequest(), headers)).status).toBe(403);
    expect((await control('/scopes', { method: 'PUT', body: { all: true } }))[0]).toBe(400);
    expect((await control('/tokens/revoke', { method: 'POST' }))[0]).toBe(204);
    expect((await post(cloud.apiUrl, minimalInventoryScanRequest(), headers)).status).toBe(401);
  });

  it('takes nothing that a page in a browser could send', async () => {
    expect((await control('/faults', { headers: { host: 'evil.example' } }))[0]).toBe(403);
    const plain = { 'content-type': 'text/plain' };
    expect((await control('/faults', { method: 'PUT', body: {}, headers: plain }))[0]).toBe(400);
    expect((await control('/tokens/revoke', { method: 'POST', headers: plain }))[0]).toBe(400);
    expect((await control('/faults', { method: 'PUT', body: `{"a":"${'x'.repeat(70_000)}"}` }))[0]).toBe(400);
  });

  it.each([
    ['/', 'GET', 404],
    ['/nothing', 'PUT', 404],
    ['/faults', 'DELETE', 405],
  ] as const)('answers %s by %s with %i', async (path, method, status) => {
    expect((await control(path, { method, ...(method === 'PUT' ? { body: {} } : {}) }))[0]).toBe(status);
  });
});

describe('the ports of a double', () => {
  it('follow each other where the first is given, and none is left open where one is taken', async () => {
    const port = (await freePorts(7)) + 3;
    await using fixed = await createFalconCloud({ listen: { port }, control: true });
    const urls = [fixed.apiUrl, fixed.uploadUrl, fixed.otherRegionApiUrl, fixed.controlUrl!];
    expect(urls.map((url) => Number(new URL(url).port))).toEqual([port, port + 1, port + 2, port + 3]);
    await expect(createFalconCloud({ listen: { port: port - 1 } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await using free = await createFalconCloud({ listen: { port: port - 3 } });
    expect(free.apiUrl).toBe(`http://127.0.0.1:${port - 3}`);
  });
});

/** The first of some free ports in a row, below those that the system gives to whoever asks for any. */
async function freePorts(length: number): Promise<number> {
  for (let first = 20_000 + (process.pid % 1000) * 10; first < 32_000; first += length) {
    const servers = Array.from({ length }, () => createServer());
    try {
      for (const [index, server] of servers.entries()) {
        server.listen(first + index, '127.0.0.1');
        await once(server, 'listening');
      }
      return first;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    } finally {
      for (const server of servers) if (server.listening) await new Promise((closed) => server.close(closed));
    }
  }
  throw new Error(`no ${length} free ports in a row`);
}
