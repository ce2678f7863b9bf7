import { describe, expect, it } from 'vitest';
import type { FalconCloudDouble } from './create-falcon-cloud.ts';
import { bearer, pair, send, sendForm, startCloud } from './plain-calls.test-support.ts';

const child = `${'AB'.repeat(16)}-7C`;

async function ask(cloud: FalconCloudDouble, more = '') {
  const { status, text, headers } = await sendForm(`${cloud.apiUrl}/oauth2/token`, `${pair(cloud)}${more}`);
  return { status, headers, text, json: text === '' ? undefined : JSON.parse(text) };
}

async function ccidOf(cloud: FalconCloudDouble, token: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}` };
  return JSON.parse((await send(`${cloud.apiUrl}/sensors/queries/installers/ccid/v1`, { headers })).text).resources[0];
}

describe('the token endpoint', () => {
  it('refuses a blocked address with the one message that means it', async () => {
    const { status, json } = await ask(await startCloud({ faults: { ipBlocked: true } }));
    expect([status, json.errors]).toEqual([403, [{ code: 403, message: 'access denied, authorization failed' }]]);
  });

  it('answers GovCloud credentials as a commercial cloud does, without a body', async () => {
    expect(await ask(await startCloud({ faults: { govCloud: true } }))).toMatchObject({ status: 403, text: '' });
  });

  it.each([child, child.slice(0, 32), child.toLowerCase()])(
    'gives a token of the child customer %s',
    async (member) => {
      const cloud = await startCloud({ memberCcids: [`${'0'.repeat(32)}-11`, child] });
      const { status, json } = await ask(cloud, `&member_cid=${member}`);
      expect(status).toBe(201);
      expect(await ccidOf(cloud, json.access_token)).toBe(child);
    },
  );

  it.each(['', 'child', 'ab', `${'c'.repeat(32)}`, `${child.slice(0, 32)}-00`])(
    'knows no child "%s"',
    async (member) => {
      const cloud = await startCloud({ memberCcids: [child] });
      expect((await ask(cloud, `&member_cid=${member}`)).status).toBe(403);
      expect(cloud.rejections[0]!.reason).toBe('member_cid is no child customer');
    },
  );

  it('takes any well-formed child where none is set', async () => {
    const cloud = await startCloud();
    const { json } = await ask(cloud, `&member_cid=${'c'.repeat(32)}`);
    expect(await ccidOf(cloud, json.access_token)).toBe(`${'c'.repeat(32)}-00`);
    expect((await ask(cloud, '&member_cid=child')).status).toBe(403);
  });

  it('of another region leads to the host the caller knows, or names the region only', async () => {
    const cloud = await startCloud({ region: 'eu-1' });
    const host = `localhost:${new URL(cloud.otherRegionApiUrl).port}`;
    const url = `${cloud.otherRegionApiUrl}/oauth2/token`;
    const named = await sendForm(url, pair(cloud), { host });
    expect(named.headers.location).toBe(`http://localhost:${new URL(cloud.apiUrl).port}/oauth2/token`);
    cloud.faults.redirectWithoutLocation = true;
    const { status, headers } = await sendForm(url, pair(cloud));
    expect([status, headers.location, headers['x-cs-region']]).toEqual([308, undefined, 'eu-1']);
  });

  it('tells nobody a body that is no form', async () => {
    const lines: string[] = [];
    const cloud = await startCloud({ onCall: (call) => lines.push(JSON.stringify(call)) });
    await sendForm(`${cloud.apiUrl}/oauth2/token`, cloud.clientSecret);
    expect(lines.join()).toContain('unknown form field');
    expect(lines.join()).not.toContain(cloud.clientSecret);
  });
});

describe('revoking every token', () => {
  it('makes those refused that were issued, and no later one', async () => {
    const cloud = await startCloud();
    const [before, url] = [await bearer(cloud), `${cloud.apiUrl}/sensors/queries/installers/ccid/v1`];
    cloud.revokeTokens();
    expect((await send(url, { headers: before })).status).toBe(401);
    expect((await send(url, { headers: await bearer(cloud) })).status).toBe(200);
  });
});
