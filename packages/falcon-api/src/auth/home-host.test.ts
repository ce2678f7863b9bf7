import { MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { falconClouds } from '../cloud/falcon-clouds.ts';
import { failure, sourceFor, sourceOf, startCloud, startEndpoint } from './token-source.test-support.ts';

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

  it('have the region that was named first', async () => {
    const home = await startEndpoint(() => ({
      status: 201,
      headers: { 'x-cs-region': 'us-1' },
      json: { access_token: 'tok', expires_in: 99 },
    }));
    const url = await startEndpoint(() => ({
      status: 308,
      headers: { location: `${home}/oauth2/token`, 'x-cs-region': 'US-2' },
    }));
    const source = sourceFor(url);
    await source.token();
    expect(source.region).toBe('us-2');
  });

  it.each([
    ['http://evil.test/oauth2/token', 'redirected to evil.test'],
    ['https://api.crowdstrike.com.evil.test/oauth2/token', 'redirected to api.crowdstrike.com.evil.test'],
    ['http://api.crowdstrike.com/oauth2/token', 'redirected to api.crowdstrike.com,'],
    ['https://api.crowdstrike.com:8443/oauth2/token', 'redirected to api.crowdstrike.com:8443'],
    ['https://container-upload.us-1.crowdstrike.com/oauth2/token', 'redirected to container-upload'],
    ['https://API.CROWDSTRIKE.COM@evil.test/oauth2/token', 'redirected to evil.test'],
    ['file://localhost/etc/passwd', 'redirected to'],
    ['http://', 'redirected to a Location that is no URL'],
  ])('are not sent to %s', async (location, what) => {
    const url = await startEndpoint(() => ({ status: 308, headers: { location } }));
    const error = await failure(sourceFor(url).token());
    expect(error.code).toBe('REDIRECT_REFUSED');
    expect(error.message).toContain(what);
  });

  it.each([{}, { 'x-cs-region': 'mars-1' }, { 'x-cs-region': 'no region' }])(
    'stay where they are when the answer says %j of the region',
    async (headers) => {
      const url = await startEndpoint(() => ({ status: 201, headers, json: { access_token: 'tok', expires_in: 99 } }));
      const source = sourceFor(url);
      await source.token();
      expect(source.apiUrl).toBe(url);
    },
  );

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

describe('a border between clouds', () => {
  /** What becomes of credentials when `start` answers 308 with these headers. */
  async function redirected(start: keyof typeof falconClouds, headers: Record<string, string>) {
    const agent = new MockAgent();
    agent.disableNetConnect();
    for (const { name, apiUrl } of Object.values(falconClouds)) {
      const token = agent.get(apiUrl).intercept({ path: '/oauth2/token', method: 'POST' });
      if (name === start) {
        token.reply(308, '', { headers });
      } else {
        token.reply(201, { access_token: 'tok' }, { headers: { 'x-cs-region': name } });
      }
    }
    const source = sourceFor(falconClouds[start].apiUrl, { dispatcher: agent });
    return { source, token: source.token() };
  }

  it.each(['us-2', 'us-3', 'eu-1'] as const)('is open from us-1 to %s', async (home) => {
    for (const headers of [{ 'x-cs-region': home }, { location: `${falconClouds[home].apiUrl}/oauth2/token` }]) {
      const { source, token } = await redirected('us-1', headers);
      await token;
      expect([source.apiUrl, source.region]).toEqual([falconClouds[home].apiUrl, home]);
    }
  });

  it.each([
    ['us-1', 'us-gov-1'],
    ['us-2', 'us-gov-2'],
    ['us-gov-1', 'us-1'],
    ['us-gov-1', 'us-gov-2'],
  ] as const)('is closed from %s to %s', async (start, home) => {
    for (const headers of [{ 'x-cs-region': home }, { location: `${falconClouds[home].apiUrl}/oauth2/token` }]) {
      const { token } = await redirected(start, headers);
      expect(await failure(token)).toMatchObject({ code: 'CLOUD_MISMATCH', hint: `Set the cloud to ${home}.` });
    }
  });

  it('is not crossed because a commercial cloud names a GovCloud beside a token', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const commercial = falconClouds['us-2'].apiUrl;
    const token = agent.get(commercial).intercept({ path: '/oauth2/token', method: 'POST' });
    token.reply(201, { access_token: 'tok' }, { headers: { 'x-cs-region': 'us-gov-1' } });
    const source = sourceFor(commercial, { dispatcher: agent });
    await source.token();
    expect(source.apiUrl).toBe(commercial);
  });
});
