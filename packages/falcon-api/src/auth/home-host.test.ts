import { describe, expect, it } from 'vitest';
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
