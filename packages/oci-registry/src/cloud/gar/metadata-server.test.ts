import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../error.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { CloudHttp, CloudResponse } from '../cloud-http.ts';
import { type Machine, machine, testStart } from './machine.test-support.ts';
import { googleMetadataServer } from './metadata-server.ts';

const tokenPath = '/computeMetadata/v1/instance/service-accounts/default/token';
const flavor = { 'Metadata-Flavor': 'Google' };

function serverOf(on: Machine, variable = 'GCE_METADATA_HOST'): ReturnType<typeof googleMetadataServer> {
  return googleMetadataServer({ ...on.options, env: { [variable]: on.google.host } });
}

describe('the metadata server that the environment names', () => {
  it.each(['GCE_METADATA_HOST', 'GCE_METADATA_ROOT'])('gives a token by %s', async (variable) => {
    const on = await machine();
    expect(await serverOf(on, variable).get()).toEqual({
      token: 'ya29.metadata-1',
      expiresAt: testStart + 3_600_000,
      identity: 'Google metadata server',
    });
    expect(on.google.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${tokenPath}`]);
  });

  it.each([
    ['no flavor', {}],
    ['another flavor', { 'Metadata-Flavor': 'google' }],
  ])('is not believed with %s', async (_, headers) => {
    const on = await machine();
    on.google.reply(tokenPath, { status: 200, body: { access_token: 'evil', expires_in: 3600 }, headers });
    const error = await failureOf(serverOf(on).get());
    expect(error.code).toBe('CREDENTIALS_UNAVAILABLE');
    expect(error.message).toContain('Metadata-Flavor');
  });

  it('has no identity where no service account is attached', async () => {
    const on = await machine();
    on.google.reply(tokenPath, { status: 404, body: 'not found', headers: flavor });
    expect(await serverOf(on).get()).toEqual({
      absent: 'the metadata server has no service account for this machine',
    });
  });

  it('that refuses is an error', async () => {
    const on = await machine();
    on.google.reply(tokenPath, { status: 403, body: 'Unable to generate access token', headers: flavor });
    const error = await failureOf(serverOf(on).get());
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 403, retryable: false });
    expect(error.hint).toContain('may act as its service account');
  });

  it('that is busy is asked again', async () => {
    const on = await machine();
    on.google.reply(tokenPath, { status: 503, body: '', headers: flavor }, { status: 429, body: '', headers: flavor });
    expect(await serverOf(on).get()).toMatchObject({ token: 'ya29.metadata-1' });
    expect(on.waits).toEqual([250, 500]);
  });

  it('that is not there is an error', async () => {
    const on = await machine({ env: { GCE_METADATA_HOST: '127.0.0.1:1' } });
    const error = await failureOf(googleMetadataServer(on.options).get());
    expect(error).toMatchObject({ code: 'NETWORK', retryable: true });
  });

  it.each(['a b', 'host/path', 'me@host', ':pw@host', 'http://host', 'host?x', 'host#x'])('is not %j', async (host) => {
    const on = await machine({ env: { GCE_METADATA_HOST: host } });
    const error = await failureOf(googleMetadataServer(on.options).get());
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(error.message).toContain('GCE_METADATA_HOST: it is not a host');
  });

  it.each([
    ['garbage', 'ya29 not JSON', 'RESPONSE_INVALID'],
    ['too much', 'x'.repeat(1024 * 1024 + 1), 'RESPONSE_TOO_LARGE'],
  ])('that sends %s is an error', async (_, body, code) => {
    const on = await machine();
    on.google.reply(tokenPath, { status: 200, body, headers: flavor });
    expect((await failureOf(serverOf(on).get())).code).toBe(code);
  });
});

describe('the metadata server at its usual places', () => {
  const google: CloudResponse = {
    status: 200,
    headers: { 'metadata-flavor': 'Google' },
    body: '{"access_token":"ya29.x","expires_in":100}',
  };
  const unreachable = (): never => {
    throw new RegistryError('NETWORK', 'there is no route', { retryable: true });
  };
  /** What answers at each host, and what was asked. */
  function network(hosts: Readonly<Record<string, () => CloudResponse>>): { http: CloudHttp; asked: string[] } {
    const asked: string[] = [];
    const http: CloudHttp = async ({ url, headers, direct }) => {
      asked.push(url.host + url.pathname);
      expect({ headers, direct }).toEqual({ headers: { 'metadata-flavor': 'Google' }, direct: true });
      return (hosts[url.host] ?? unreachable)();
    };
    return { http, asked };
  }

  it('is detected by its address, then asked', async () => {
    const { http, asked } = network({ '169.254.169.254': () => google });
    const on = await machine({ http });
    expect(await googleMetadataServer(on.options).get()).toMatchObject({ token: 'ya29.x' });
    expect(asked).toEqual(['169.254.169.254/', `169.254.169.254${tokenPath}`]);
  });

  it('is detected by its name where there is only IPv6', async () => {
    const { http, asked } = network({ 'metadata.google.internal': () => google });
    const on = await machine({ http });
    expect(await googleMetadataServer(on.options).get()).toMatchObject({ token: 'ya29.x' });
    expect(asked.at(-1)).toBe(`metadata.google.internal${tokenPath}`);
  });

  it('is no identity where nothing answers, and each place is asked once only', async () => {
    const { http, asked } = network({});
    const on = await machine({ http });
    expect(await googleMetadataServer(on.options).get()).toEqual({
      absent: 'no metadata server answers at 169.254.169.254 or metadata.google.internal',
    });
    expect(asked).toHaveLength(2);
    expect(on.waits).toEqual([]);
  });

  it('is no identity where another cloud answers', async () => {
    const { http } = network({ '169.254.169.254': () => ({ status: 401, headers: { server: 'EC2ws' }, body: '' }) });
    const on = await machine({ http });
    expect(await googleMetadataServer(on.options).get()).toEqual({
      absent: 'what answers at 169.254.169.254 is not the metadata server of Google',
    });
  });

  it('is not asked on after an abort', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const leave = (): never => {
      controller.abort(reason);
      return unreachable();
    };
    const { http, asked } = network({ '169.254.169.254': leave });
    const on = await machine({ http });
    await expect(googleMetadataServer(on.options).get({ signal: controller.signal })).rejects.toBe(reason);
    expect(asked).toHaveLength(1);
  });

  it('that fails in a way of its own is an error', async () => {
    const broken = (): never => {
      throw new RegistryError('RESPONSE_INVALID', 'not HTTP');
    };
    const { http } = network({ '169.254.169.254': broken });
    const on = await machine({ http });
    expect((await failureOf(googleMetadataServer(on.options).get())).code).toBe('RESPONSE_INVALID');
  });
});
