import { Readable } from 'node:stream';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { fullInventoryScanRequest } from './full-request.ts';
import { minimalInventoryScanRequest } from './minimal-request.ts';
import { bearer, inventoryPath, pair, post, send, sendForm, startCloud } from './plain-calls.test-support.ts';

describe('the token endpoint of the double', () => {
  it('answers 201 with lifetime, region, trace id and rate limit', async () => {
    const cloud = await startCloud({ region: 'eu-1' });
    const answer = await sendForm(`${cloud.apiUrl}/oauth2/token`, `${pair(cloud)}&grant_type=client_credentials`);
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text)).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      expires_in: 1799,
      token_type: 'bearer',
    });
    expect(answer.headers).toMatchObject({
      'x-cs-region': 'eu-1',
      'x-cs-traceid': expect.stringMatching(/^[\da-f-]{36}$/),
      'x-ratelimit-limit': '6000',
      'x-ratelimit-remaining': '5999',
    });
  });

  it.each([
    ['client_id=a', 'form field client_secret is missing'],
    ['client_id=a&client_secret=', 'form field client_secret is missing'],
    ['client_id=a&client_secret=b&scope=c', 'unknown form field "scope"'],
    ['client_id=a&client_id=b&client_secret=c', 'form field client_id more than once'],
    ['client_id=a&client_secret=b&grant_type=password', 'grant_type is not client_credentials'],
  ])('refuses the form %s', async (form, reason) => {
    const cloud = await startCloud();
    const answer = await sendForm(`${cloud.apiUrl}/oauth2/token`, form);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ meta: { trace_id: expect.any(String) }, errors: [{ code: 400 }] });
    expect(cloud.rejections).toMatchObject([{ host: 'api', path: '/oauth2/token', status: 400, reason }]);
  });

  it('refuses a JSON body and wrong credentials', async () => {
    const cloud = await startCloud();
    const url = `${cloud.apiUrl}/oauth2/token`;
    expect((await sendForm(url, pair(cloud), { 'content-type': 'application/json' })).status).toBe(400);
    const wrong = await sendForm(url, `client_id=${cloud.clientId}&client_secret=wrong`);
    expect(wrong.status).toBe(403);
    expect(wrong.text).not.toContain('wrong client id');
    expect(cloud.rejections.map(({ reason }) => reason)).toEqual([
      'content-type is application/json, not application/x-www-form-urlencoded',
      'wrong client id or secret',
    ]);
  });

  it('of another region redirects home and takes no other call', async () => {
    const cloud = await startCloud({ region: 'us-2' });
    const answer = await sendForm(`${cloud.otherRegionApiUrl}/oauth2/token`, pair(cloud));
    expect(answer.status).toBe(308);
    expect(answer.headers).toMatchObject({ location: `${cloud.apiUrl}/oauth2/token`, 'x-cs-region': 'us-2' });
    expect((await post(cloud.otherRegionApiUrl, {}, await bearer(cloud))).status).toBe(401);
  });
});

describe('revoking at the double', () => {
  it('takes the basic pair and makes the token invalid', async () => {
    const cloud = await startCloud();
    const headers = await bearer(cloud);
    const basic = `Basic ${Buffer.from(`${cloud.clientId}:${cloud.clientSecret}`).toString('base64')}`;
    const form = `token=${headers.authorization.slice(7)}`;
    expect((await sendForm(`${cloud.apiUrl}/oauth2/revoke`, form)).status).toBe(403);
    expect((await sendForm(`${cloud.apiUrl}/oauth2/revoke`, '', { authorization: basic })).status).toBe(400);
    expect((await post(cloud.uploadUrl, minimalInventoryScanRequest(), headers)).status).toBe(200);
    expect((await sendForm(`${cloud.apiUrl}/oauth2/revoke`, form, { authorization: basic })).status).toBe(200);
    expect((await post(cloud.uploadUrl, minimalInventoryScanRequest(), headers)).status).toBe(401);
    expect(cloud.rejections.at(-1)!.reason).toBe('the token is revoked');
  });
});

describe('the inventory endpoint of the double', () => {
  it('takes HEAD and POST on both hosts, with empty answers', async () => {
    const cloud = await startCloud();
    const headers = await bearer(cloud);
    for (const url of [cloud.apiUrl, cloud.uploadUrl]) {
      expect(await send(url + inventoryPath, { method: 'HEAD', headers })).toMatchObject({ status: 200, text: '' });
      expect(await post(url, fullInventoryScanRequest(), headers)).toMatchObject({ status: 200, text: '' });
    }
    expect(cloud.inventories).toEqual([fullInventoryScanRequest(), fullInventoryScanRequest()]);
  });

  it('refuses a body that breaks the schema with an empty 400, and keeps the reason', async () => {
    const cloud = await startCloud();
    const body = { ...minimalInventoryScanRequest(), extra: 1, host_ip: null };
    expect(await post(cloud.uploadUrl, body, await bearer(cloud))).toMatchObject({ status: 400, text: '' });
    expect(cloud.inventories).toEqual([]);
    expect(cloud.rejections).toMatchObject([
      {
        host: 'upload',
        method: 'POST',
        status: 400,
        reason: 'host_ip: expected string, received null; body: Unrecognized key: "extra"',
      },
    ]);
  });

  it('refuses what is no plain JSON', async () => {
    const cloud = await startCloud();
    const headers = await bearer(cloud);
    const good = JSON.stringify(minimalInventoryScanRequest());
    await post(cloud.uploadUrl, '{', headers);
    await post(cloud.uploadUrl, good, { ...headers, 'content-type': 'text/plain' });
    await post(cloud.uploadUrl, good, { ...headers, 'content-encoding': 'gzip' });
    await send(`${cloud.uploadUrl}${inventoryPath}?a=1`, { method: 'POST', headers, body: good });
    await send(cloud.uploadUrl + inventoryPath, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: Buffer.from(good.replace('linux', '\xff'), 'latin1'),
    });
    expect(cloud.rejections.map(({ reason }) => reason)).toEqual([
      'the body is no JSON in UTF-8',
      'content-type is text/plain, not application/json',
      'no content-encoding is known to be accepted',
      'the call takes no query',
      'the body is no JSON in UTF-8',
    ]);
  });

  it('refuses a body over its limit', async () => {
    const cloud = await startCloud({ maxBody: 1000 });
    expect((await post(cloud.uploadUrl, 'x'.repeat(5000), {})).status).toBe(413);
  });

  it('answers 401 in the form of the host', async () => {
    const cloud = await startCloud();
    const upload = await post(cloud.uploadUrl, {}, {});
    expect([upload.status, JSON.parse(upload.text)]).toEqual([
      401,
      { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] },
    ]);
    const api = await post(cloud.apiUrl, {}, { authorization: 'Bearer unheard-of' });
    expect([api.status, JSON.parse(api.text)]).toMatchObject([401, { errors: [{ code: 401 }] }]);
    expect(cloud.rejections.map(({ reason }) => reason)).toEqual(['the token is missing', 'the token is unknown']);
  });

  it('checks the expiry of the token and the scope on every call', async () => {
    let now = 0;
    const cloud = await startCloud({ now: () => now, tokenLifetime: 10 });
    const headers = await bearer(cloud);
    cloud.scopes.delete('falcon-container-cli:write');
    const answer = await post(cloud.apiUrl, minimalInventoryScanRequest(), headers);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { errors: [{ code: 403 }], resources: [] }]);
    cloud.scopes.add('falcon-container-cli:write');
    now = 9_999;
    expect((await post(cloud.apiUrl, minimalInventoryScanRequest(), headers)).status).toBe(200);
    now = 10_000;
    expect((await post(cloud.apiUrl, minimalInventoryScanRequest(), headers)).status).toBe(401);
    expect(cloud.rejections.map(({ reason }) => reason)).toEqual([
      'scope falcon-container-cli:write is missing',
      'the token is expired',
    ]);
  });

  it('serves nothing else on the upload host', async () => {
    const cloud = await startCloud();
    expect((await sendForm(`${cloud.uploadUrl}/oauth2/token`, pair(cloud))).status).toBe(404);
    expect((await send(`${cloud.uploadUrl}/sensors/queries/installers/ccid/v1`)).status).toBe(404);
    expect((await sendForm(`${cloud.apiUrl}/oauth2/other`, '')).status).toBe(404);
  });

  it('fails on each host by itself, as often as told', async () => {
    const cloud = await startCloud({ faults: { uploadInventory: { answer: 503, method: 'POST', times: 1 } } });
    const headers = await bearer(cloud);
    const body = minimalInventoryScanRequest();
    expect((await send(cloud.uploadUrl + inventoryPath, { method: 'HEAD', headers })).status).toBe(200);
    expect((await post(cloud.apiUrl, body, headers)).status).toBe(200);
    expect((await post(cloud.uploadUrl, body, headers)).status).toBe(503);
    expect((await post(cloud.uploadUrl, body, headers)).status).toBe(200);
  });

  it.each([
    ['seconds', '1786000009'],
    ['milliseconds', '1786000008500'],
  ] as const)('limits the rate in %s', async (unit, header) => {
    const now = () => 1_786_000_000_000;
    const cloud = await startCloud({ now, faults: { rateLimit: { unit, wait: 8_500 } } });
    const answer = await post(cloud.apiUrl, minimalInventoryScanRequest(), await bearer(cloud));
    expect([answer.status, answer.headers['x-ratelimit-retryafter']]).toEqual([429, header]);
  });
});

describe('the books of the double', () => {
  it('record requests without the authorization', async () => {
    const cloud = await startCloud();
    await post(cloud.apiUrl, minimalInventoryScanRequest(), await bearer(cloud));
    expect(cloud.requests.map(({ method, path, answer }) => `${method} ${path} ${answer}`)).toEqual([
      'POST /oauth2/token 201',
      `POST ${inventoryPath} 200`,
    ]);
    expect(JSON.stringify(cloud.requests)).not.toContain('Bearer');
  });

  it('keep only the newest', async () => {
    const cloud = await startCloud({ keep: 2 });
    const headers = await bearer(cloud);
    for (const letter of ['a', 'b', 'c']) {
      await post(cloud.apiUrl, minimalInventoryScanRequest(`sha256:${letter.repeat(64)}`), headers);
    }
    expect(cloud.requests).toHaveLength(2);
    expect(cloud.inventories.map(({ inventory }) => inventory.ImageInfo.Digest[7])).toEqual(['b', 'c']);
  });
});

describe('a caller who leaves in the middle of a body', () => {
  it('does no harm', async () => {
    const cloud = await startCloud();
    const controller = new AbortController();
    const body = Readable.from(
      (async function* () {
        yield '{';
        controller.abort('gone');
      })(),
    );
    const leaving = request(cloud.uploadUrl + inventoryPath, { method: 'POST', body, signal: controller.signal });
    await expect(leaving).rejects.toBe('gone');
    await expect.poll(() => cloud.connections.upload).toBe(0);
    expect((await post(cloud.uploadUrl, minimalInventoryScanRequest(), await bearer(cloud))).status).toBe(200);
  });
});

describe('the image registry beside the double', () => {
  it('takes the password that is handed out, for the customer of the double', async () => {
    const cloud = await startCloud({ imageRegistry: true, region: 'us-gov-1' });
    const credentials = '/container-security/entities/image-registry-credentials/v1';
    const { text } = await send(cloud.apiUrl + credentials, { headers: await bearer(cloud) });
    const user = `fc-${cloud.ccid.slice(0, 32).toLowerCase()}`;
    const [repository] = cloud.registry!.repositories;
    const query = `account=${user}&service=${cloud.registry!.host}&scope=repository:${repository}:pull`;
    const login = (password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const ask = async (password: string) =>
      (await send(`${cloud.registry!.url}/v2/token?${query}`, { headers: { authorization: login(password) } })).status;
    expect([await ask(JSON.parse(text).resources[0].token), await ask('guess')]).toEqual([200, 401]);
    await cloud.close();
    await expect(ask('guess')).rejects.toThrow();
  });
});

describe('closing the double', () => {
  it('ends calls that hang, and may be repeated', async () => {
    const cloud = await startCloud({ faults: { token: { answer: 'hang' } } });
    const hanging = sendForm(`${cloud.apiUrl}/oauth2/token`, pair(cloud)).catch((error: unknown) => error);
    await expect.poll(() => cloud.requests.length).toBe(1);
    await cloud[Symbol.asyncDispose]();
    await cloud.close();
    expect(await hanging).toBeInstanceOf(Error);
  });
});
