import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import type { CloudHttp, CloudRequest } from '../cloud-http.ts';
import { type AcrDouble, audience, createAcrDouble, type DoubleOptions } from './acr-double.test-support.ts';
import type { AzureTokenSource } from './azure-token.ts';
import { azureManagedIdentity, type ManagedIdentityOptions } from './managed-identity.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const base = 'GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01';
const asked = `${base}&resource=https%3A%2F%2Fcontainerregistry.azure.net`;
const request = { cloud: 'AzurePublicCloud', audience } as const;

interface Setting {
  readonly double: AcrDouble;
  readonly provider: AzureTokenSource;
  readonly clock: { now: number };
  readonly slept: readonly number[];
}

async function setUp(options: ManagedIdentityOptions = {}, service: Partial<DoubleOptions> = {}): Promise<Setting> {
  const clock = { now: start };
  const slept: number[] = [];
  const double = untilTestEnds(await createAcrDouble({ now: () => clock.now, identities: ['only'], ...service }));
  const sleep = (ms: number): Promise<void> => {
    slept.push(ms);
    return Promise.resolve();
  };
  const shared = { http: double.http, now: () => clock.now, retry: { sleep } };
  return { double, clock, slept, provider: azureManagedIdentity({ ...shared, ...options }) };
}

describe('azureManagedIdentity', () => {
  it('asks the machine itself, after a first sign of life, and never a proxy', async () => {
    const { double, provider } = await setUp({ tenant: 'known' });
    const answer = { expiresAt: start + 3_600_000, tenant: 'known', identity: 'managed identity' };
    expect(await provider.get(request)).toEqual({ token: 'entra-token-1', ...answer });
    expect(await provider.get(request)).toMatchObject({ token: 'entra-token-2' });
    expect(double.lines).toEqual([base, asked, asked]);
    expect(double.requests.map(({ headers }) => headers.metadata)).toEqual([undefined, 'true', 'true']);
    expect(double.requests.every(({ direct }) => direct)).toBe(true);
  });

  it('asks for the identity that is chosen, or that the environment names', async () => {
    const identities = ['only', 'chosen', '/subscriptions/s/r'];
    const lastLine = async (options: ManagedIdentityOptions): Promise<string | undefined> => {
      const { double, provider } = await setUp(options, { identities });
      await provider.get(request);
      return double.lines.at(-1);
    };
    const env = { AZURE_CLIENT_ID: 'chosen' };
    expect(await lastLine({ env })).toBe(`${asked}&client_id=chosen`);
    expect(await lastLine({ env, identity: 'only' })).toBe(`${asked}&client_id=only`);
    expect(await lastLine({ env: { AZURE_CLIENT_ID: '' } })).toBe(asked);
    expect(await lastLine({ identity: '/subscriptions/s/r' })).toBe(`${asked}&msi_res_id=%2Fsubscriptions%2Fs%2Fr`);
  });

  it('is absent where no service answers, and is not waited for', async () => {
    const { double, provider } = await setUp({}, { unreachable: ['169.254.169.254'] });
    const absent = expect.stringContaining('169.254.169.254 does not answer as Azure does');
    expect(await provider.get(request)).toEqual({ absent });
    const asked: CloudRequest[] = [];
    const http: CloudHttp = (sent) => {
      asked.push(sent);
      return double.http(sent);
    };
    expect(await azureManagedIdentity({ http }).get(request)).toEqual({ absent });
    expect(asked).toMatchObject([{ timeout: 2000, direct: true, method: 'GET' }]);
  });

  it.each([
    ['AWS, with sessions', { status: 401, headers: { server: 'EC2ws' } }],
    ['AWS', { status: 404, headers: { server: 'EC2ws' } }],
    ['Google', { status: 403, headers: { 'metadata-flavor': 'Google' } }],
    ['a portal', { status: 200, body: '<html>' }],
    ['a portal elsewhere', { status: 302, headers: { location: 'http://portal.example' } }],
    ['somebody who never ends', { status: 200, body: 'x'.repeat(1024 * 1024 + 1) }],
  ])('is absent where the metadata service is that of %s', async (_, firstSign) => {
    const { double, provider, slept } = await setUp({}, { firstSign });
    expect(await provider.get(request)).toMatchObject({ absent: expect.stringContaining('as Azure does') });
    expect(double.lines).toEqual([base]);
    expect(slept).toEqual([]);
  });

  it.each([
    { status: 404, headers: { server: 'IMDS/150.870.65.1325' } },
    { status: 410 },
    { status: 429 },
    { status: 500 },
  ])('is not taken for absent while it says %j', async (firstSign) => {
    const { provider } = await setUp({}, { firstSign });
    expect(await provider.get(request)).toMatchObject({ token: 'entra-token-1' });
  });

  it('is absent where the machine has no identity', async () => {
    const { provider } = await setUp({}, { identities: [] });
    expect(await provider.get(request)).toEqual({ absent: 'this machine has no identity' });
    const other = await setUp({ identity: 'ghost' });
    expect(await other.provider.get(request)).toEqual({ absent: 'this machine does not have that identity' });
  });

  it.each([404, 408, 429, 500, 503])(
    'waits longer each time where the service says %i, and gives up',
    async (status) => {
      const { double, provider, slept } = await setUp();
      double.play('/token', ...Array.from({ length: 4 }, () => ({ status })));
      expect(await failureOf(provider.get(request))).toMatchObject({
        code: 'CREDENTIALS_UNAVAILABLE',
        status,
        retryable: true,
      });
      expect(slept).toEqual([1000, 2000, 4000]);
      expect(await provider.get(request)).toMatchObject({ token: 'entra-token-1' });
    },
  );

  it('waits out an update of the service', async () => {
    const { double, provider, slept } = await setUp();
    double.play('/token', ...Array.from({ length: 7 }, () => ({ status: 410 })));
    expect(await provider.get(request)).toMatchObject({ token: 'entra-token-1' });
    expect(slept).toEqual(Array.from({ length: 7 }, () => 10_000));
    double.play('/token', ...Array.from({ length: 8 }, () => ({ status: 410 })));
    expect(await failureOf(provider.get(request))).toMatchObject({ status: 410, retryable: true });
  });

  it('does as Retry-After says, unless that is too long', async () => {
    const { double, provider, slept } = await setUp();
    double.play('/token', { status: 429, headers: { 'retry-after': '12' } });
    await provider.get(request);
    expect(slept).toEqual([12_000]);
    double.play('/token', { status: 429, headers: { 'retry-after': '600' } });
    expect(await failureOf(provider.get(request))).toMatchObject({ retryAfter: 600_000, retryable: true });
  });

  it('does not repeat a request that is wrong', async () => {
    const { double, provider, slept } = await setUp();
    const body = { error: 'invalid_request', error_description: 'Multiple user assigned identities exist' };
    double.play('/token', { status: 400, body });
    const error = await failureOf(provider.get(request));
    expect(error.message).toMatch(/HTTP 400: invalid_request, Multiple user assigned identities exist$/);
    expect(error.hint).toContain('which');
    expect(slept).toEqual([]);
  });

  it.each([
    [{ expires_in: '86400', expires_on: String(start / 1000 + 60) }, start + 60_000],
    [{ expires_in: '60', expires_on: String(start / 1000 + 86_400) }, start + 60_000],
    [{ expires_in: 60 }, start + 60_000],
    [{ expires_on: start / 1000 + 60 }, start + 60_000],
    [{ expires_in: 'soon', expires_on: start / 1000 + 60 }, start + 60_000],
  ])('takes the lesser end of %j', async (ends, expiresAt) => {
    const { double, provider } = await setUp();
    double.play('/token', { status: 200, body: { access_token: 'a', ...ends } });
    expect(await provider.get(request)).toMatchObject({ expiresAt });
  });

  it('does not take for a token what is none', async () => {
    const { double, provider } = await setUp();
    double.play('/token', { status: 200, body: '<html>captive portal</html>' });
    const error = await failureOf(provider.get(request));
    expect(error).toMatchObject({ code: 'RESPONSE_INVALID' });
    expect(error.message).not.toContain('portal');
  });
});
