import { describe, expect, it } from 'vitest';
import type { Credential } from '../../credentials/credential.ts';
import type { Keychain } from '../../credentials/keychain.ts';
import { RegistryError } from '../../error.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import { type AcrDouble, clientId, createAcrDouble, type DoubleOptions, tenant } from './acr-double.test-support.ts';
import { type AcrKeychainOptions, acrKeychain } from './acr-keychain.ts';
import type { AzureTokenSource } from './azure-token.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const minute = 60_000;
const nullGuid = '00000000-0000-0000-0000-000000000000';
const registry = 'team.azurecr.io';
const exchange = `POST https://${registry}/oauth2/exchange`;
const entra = `POST https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
const env = { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: 's3cret', AZURE_TENANT_ID: tenant };

interface Setting {
  readonly double: AcrDouble;
  readonly keychain: Keychain;
  readonly clock: { now: number };
  readonly slept: readonly number[];
}

async function setUp(options: AcrKeychainOptions = { env }, service: Partial<DoubleOptions> = {}): Promise<Setting> {
  const clock = { now: start };
  const slept: number[] = [];
  const applications = { [clientId]: 's3cret' };
  const double = untilTestEnds(await createAcrDouble({ now: () => clock.now, applications, ...service }));
  const sleep = (ms: number): Promise<void> => {
    slept.push(ms);
    clock.now += ms;
    return Promise.resolve();
  };
  const shared = { http: double.http, now: () => clock.now, retry: { sleep, random: () => 0.5 } };
  return { double, clock, slept, keychain: acrKeychain({ ...shared, ...options }) };
}

async function credentialFor(keychain: Keychain, host = registry): Promise<Credential> {
  return (await keychain.resolve({ registry: host, repository: 'app' })) as Credential;
}

const failureFor = (keychain: Keychain, host = registry): Promise<RegistryError> =>
  failureOf(keychain.resolve({ registry: host, repository: 'app' }));

describe('acrKeychain', () => {
  it('exchanges a token of Entra ID at the registry itself', async () => {
    const { double, keychain } = await setUp();
    const credential = await credentialFor(keychain);
    expect(credential).toEqual({
      username: nullGuid,
      identityToken: expect.stringMatching(/^ey[\w-]+\.[\w-]+\.[\w-]+$/),
      source: `service principal ${clientId}`,
    });
    expect(double.lines).toEqual([entra, exchange]);
    expect(double.requests[1]?.form).toEqual({
      grant_type: 'access_token',
      service: registry,
      tenant,
      access_token: 'entra-token-1',
    });
    expect(double.requests.map(({ direct }) => direct)).toEqual([false, false]);
  });

  it.each([
    'docker.io',
    'azurecr.io',
    'azurecr.io.evil.example',
    'team.azurecr.io.evil.example',
    'teamazurecr.io',
    'team.azurecr.io:5000',
    'team.westeurope.data.azurecr.io',
    'a.team.azurecr.io',
    '-team.azurecr.io',
    'mcr.microsoft.com',
  ])('has nothing for %s, and asks nobody', async (host) => {
    const { double, keychain } = await setUp();
    expect(await keychain.resolve({ registry: host, repository: 'app' })).toBeUndefined();
    expect(double.requests).toEqual([]);
  });

  it.each([
    ['Team.azurecr.io', 'login.microsoftonline.com', 'team.azurecr.io'],
    ['team.azurecr.io:443', 'login.microsoftonline.com', 'team.azurecr.io'],
    ['team-ab12cd.azurecr.io', 'login.microsoftonline.com', 'team-ab12cd.azurecr.io'],
    ['team.westeurope.geo.azurecr.io', 'login.microsoftonline.com', 'team.westeurope.geo.azurecr.io'],
    ['team.azurecr.cn', 'login.chinacloudapi.cn', 'team.azurecr.cn'],
    ['team.azurecr.us', 'login.microsoftonline.us', 'team.azurecr.us'],
    ['team.azurecr.de', 'login.microsoftonline.de', 'team.azurecr.de'],
  ])('asks for %s the Entra ID of its cloud', async (host, authority, service) => {
    const { double, keychain } = await setUp();
    await credentialFor(keychain, host);
    expect(double.lines).toEqual([
      `POST https://${authority}/${tenant}/oauth2/v2.0/token`,
      `POST https://${service}/oauth2/exchange`,
    ]);
    expect(double.requests[1]?.form.service).toBe(service);
  });

  it('gives a user name and password for registries only, and asks nobody', async () => {
    const { double, keychain } = await setUp({ username: 'admin', password: 'pass' });
    expect(await credentialFor(keychain)).toEqual({ username: 'admin', password: 'pass', source: 'ACR user admin' });
    expect(await keychain.resolve({ registry: 'docker.io', repository: 'app' })).toBeUndefined();
    expect(double.requests).toEqual([]);
  });

  it('refuses options that contradict themselves', () => {
    expect(() => acrKeychain({ metadataEndpoint: '169.254.169.254' })).toThrow(/CREDENTIALS_INVALID.*metadataEndpoint/);
    expect(() => acrKeychain({ username: 'admin' })).toThrow(/CREDENTIALS_INVALID.*one is missing/);
    expect(() => acrKeychain({ registries: ['https://a.example/'] })).toThrow(/CREDENTIALS_INVALID.*not a host/);
  });

  it('knows the registries that it is told of, in the cloud that it is told', async () => {
    const registries = ['images.example.com'];
    const { double, keychain } = await setUp({ env, registries, cloud: 'AzureChinaCloud' });
    await credentialFor(keychain, 'images.example.com');
    expect(double.lines[0]).toContain('https://login.chinacloudapi.cn/');
    expect(await keychain.resolve({ registry: 'a.images.example.com', repository: 'app' })).toBeUndefined();
  });

  it('asks for the audience that it is told', async () => {
    const { double, keychain } = await setUp({ env, audience: 'https://management.azure.com' });
    expect((await failureFor(keychain)).message).toContain('AADSTS70011');
    expect(double.requests[0]?.form.scope).toBe('https://management.azure.com/.default');
  });
});

describe('tokens of a registry', () => {
  it('are kept until shortly before their end', async () => {
    const { clock, double, keychain } = await setUp();
    const first = await credentialFor(keychain);
    clock.now = start + 174 * minute;
    expect(await credentialFor(keychain)).toBe(first);
    clock.now = start + 176 * minute;
    expect((await credentialFor(keychain)).identityToken).not.toBe(first.identityToken);
    expect(double.lines).toEqual([entra, exchange, entra, exchange]);
  });

  it('are kept for each registry, with one token of Entra ID for all', async () => {
    const { double, keychain } = await setUp();
    const credentials = await Promise.all(
      ['a.azurecr.io', 'b.azurecr.io', 'a.azurecr.io'].map((host) => credentialFor(keychain, host)),
    );
    expect(credentials[0]).toBe(credentials[2]);
    expect(credentials[0]?.identityToken).not.toBe(credentials[1]?.identityToken);
    expect([...double.lines].sort()).toEqual([
      'POST https://a.azurecr.io/oauth2/exchange',
      'POST https://b.azurecr.io/oauth2/exchange',
      entra,
    ]);
  });

  it('last as long by a clock that is wrong', async () => {
    const { clock, double, keychain } = await setUp({ env, now: () => clock.now + 600 * minute });
    await credentialFor(keychain);
    clock.now += 170 * minute;
    await credentialFor(keychain);
    expect(double.lines).toEqual([entra, exchange]);
  });

  it('last three hours where they do not tell', async () => {
    const { clock, double, keychain } = await setUp({ env }, { refreshToken: 'opaque' });
    expect((await credentialFor(keychain)).identityToken).toBe('opaque');
    clock.now = start + 174 * minute;
    await credentialFor(keychain);
    expect(double.lines).toHaveLength(2);
    clock.now = start + 176 * minute;
    await credentialFor(keychain);
    expect(double.lines).toHaveLength(4);
  });

  it('are used to their end where they cannot be renewed', async () => {
    const { clock, double, keychain } = await setUp();
    const first = await credentialFor(keychain);
    double.play('/oauth2/v2.0/token', ...Array.from({ length: 6 }, () => ({ status: 503 })));
    clock.now = start + 178 * minute;
    expect(await credentialFor(keychain)).toBe(first);
    clock.now = start + 181 * minute;
    expect(await failureFor(keychain)).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 503, retryable: true });
  });
});

describe('a machine without an identity', () => {
  it('is not searched for each registry, but again after half a minute', async () => {
    let calls = 0;
    const credentials: AzureTokenSource = {
      name: 'mine',
      get: async () => {
        calls += 1;
        if (calls === 1) return { absent: 'not yet' };
        return { token: 'entra-token-0', expiresAt: start + 60 * minute, identity: 'mine' };
      },
    };
    const { clock, double, keychain } = await setUp({ credentials });
    const error = await failureFor(keychain);
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: false });
    expect(error.message).toBe(
      '[CREDENTIALS_UNAVAILABLE] log in to Azure Container Registry in AzurePublicCloud: no identity was found: not yet',
    );
    expect(await failureFor(keychain, 'other.azurecr.io')).toBe(error);
    expect(calls).toBe(1);
    clock.now += 30_000;
    await failureFor(keychain, 'third.azurecr.io');
    expect(calls).toBe(2);
    expect(double.lines).toEqual(['POST https://third.azurecr.io/oauth2/exchange']);
  });
});

describe('a registry that refuses', () => {
  it('gets a new token where the kept one was revoked', async () => {
    const { double, keychain } = await setUp();
    await credentialFor(keychain, 'other.azurecr.io');
    double.revoke();
    await credentialFor(keychain);
    expect(double.lines.slice(2)).toEqual([exchange, entra, exchange]);
  });

  it('is not asked again with the token that it has just refused', async () => {
    const { double, keychain } = await setUp({ env }, { entraLife: -1 });
    double.play('/oauth2/v2.0/token', { status: 200, body: { access_token: 'stale', expires_in: 3600 } });
    const error = await failureFor(keychain);
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 401, retryable: false });
    expect(error.message).toBe(
      `[CREDENTIALS_UNAVAILABLE] POST ${registry}/oauth2/exchange as service principal ${clientId}: HTTP 401: the token has expired`,
    );
    expect(error.hint).toContain('AcrPull');
    expect(double.lines).toEqual([entra, exchange]);
  });

  it('says that the tenant is wrong, and not what the token was', async () => {
    const provider: AzureTokenSource = {
      name: 'mine',
      get: () =>
        Promise.resolve({ token: 'very-secret', expiresAt: start + 60 * minute, tenant: 'other', identity: 'mine' }),
    };
    const { keychain } = await setUp({ credentials: provider });
    const error = await failureFor(keychain);
    expect(error.message).toContain('as mine: HTTP 401: tenant is not that of ***');
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('very-secret');
  });

  it('is left alone for as long as it asks', async () => {
    const { double, keychain, slept } = await setUp();
    double.play('/exchange', { status: 429, headers: { 'retry-after': '7' } }, { status: 502 });
    await credentialFor(keychain);
    expect(slept).toEqual([7000, 500]);
    expect(double.lines).toEqual([entra, exchange, exchange, exchange]);
  });

  it('is given up on where that is too long, and the error tells when', async () => {
    const { double, keychain, slept } = await setUp();
    double.play('/exchange', { status: 429, headers: { 'retry-after': '3600' } });
    const error = await failureFor(keychain);
    expect(error).toMatchObject({ status: 429, retryable: true, retryAfter: 3_600_000 });
    expect(slept).toEqual([]);
  });

  it.each([
    [
      'a redirect',
      { status: 307, headers: { location: 'https://evil.example/' } },
      'a redirect, which is not followed',
    ],
    ['garbage', { status: 200, body: '<html>' }, 'no usable refresh token'],
    ['no token', { status: 200, body: { refresh_token: '' } }, 'no usable refresh token'],
    ['a token with line breaks', { status: 200, body: { refresh_token: 'a\r\nb' } }, 'no usable refresh token'],
    ['an answer that is too large', { status: 200, body: `"${'x'.repeat(1024 * 1024)}"` }, 'exceeds 1048576 bytes'],
    ['a page', { status: 404, body: '<h1>nope</h1>' }, 'HTTP 404'],
  ])('with %s leads to an error, and to no other place', async (_, answer, message) => {
    const { double, keychain } = await setUp();
    double.play('/exchange', answer);
    const error = await failureFor(keychain);
    expect(error).toBeInstanceOf(RegistryError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('nope');
    expect(double.lines).toEqual([entra, exchange]);
  });

  it('over a broken connection is asked three times', async () => {
    const { keychain, slept } = await setUp({ env }, { unreachable: [registry] });
    expect(await failureFor(keychain)).toMatchObject({ code: 'NETWORK', retryable: true });
    expect(slept).toHaveLength(2);
  });
});

describe('aborting', () => {
  it('rejects with the reason of the signal, before and meanwhile', async () => {
    const { double, keychain } = await setUp({ env, retry: {} });
    const target = { registry, repository: 'app' };
    await expect(keychain.resolve(target, { signal: AbortSignal.abort('before') })).rejects.toBe('before');
    double.play('/token', { status: 503, headers: { 'retry-after': '20' } });
    const controller = new AbortController();
    const waiting = keychain.resolve(target, { signal: controller.signal });
    while (double.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort('meanwhile');
    await expect(waiting).rejects.toBe('meanwhile');
    await credentialFor(keychain);
  });
});
