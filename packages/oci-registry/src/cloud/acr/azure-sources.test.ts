import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RegistryError } from '../../error.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import {
  type AcrDouble,
  audience,
  clientId,
  createAcrDouble,
  type DoubleOptions,
  tenant,
} from './acr-double.test-support.ts';
import { azureConfigFile } from './azure-config-file.ts';
import type { AzureOptions } from './azure-options.ts';
import type { AzureToken, AzureTokenRequest, AzureTokenSource } from './azure-token.ts';
import { azureServicePrincipal } from './service-principal.ts';
import { azureWorkloadIdentity } from './workload-identity.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const request: AzureTokenRequest = { cloud: 'AzurePublicCloud', audience };
const entra = `POST https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;

/** A file that is not there fails as the disk says it. */
function filesOf(files: Readonly<Record<string, string>>): NonNullable<AzureOptions['readFile']> {
  return (path) => {
    const content = files[path];
    if (content !== undefined) return Promise.resolve(content);
    return Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }));
  };
}

async function doubleFor(proof: string, options: Partial<DoubleOptions> = {}): Promise<AcrDouble> {
  return untilTestEnds(await createAcrDouble({ now: () => now, applications: { [clientId]: proof }, ...options }));
}

function optionsFor(double: AcrDouble, options: AzureOptions): AzureOptions {
  const sleep = (): Promise<void> => Promise.resolve();
  return { http: double.http, now: () => now, retry: { sleep }, ...options };
}

const absenceOf = (answer: AzureToken | IdentityAbsence): string | undefined =>
  'absent' in answer ? answer.absent : undefined;
const refusalOf = (provider: AzureTokenSource): Promise<RegistryError> => failureOf(provider.get(request));

describe('azureWorkloadIdentity', () => {
  const env = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenant, AZURE_FEDERATED_TOKEN_FILE: '/var/token' };

  it('proves itself with the token of the file, read anew each time', async () => {
    const files: Record<string, string> = { '/var/token': 'header.payload.one\n' };
    const double = await doubleFor('header.payload.one');
    const provider = azureWorkloadIdentity(optionsFor(double, { env, readFile: filesOf(files) }));
    expect(await provider.get(request)).toEqual({
      token: 'entra-token-1',
      expiresAt: now + 3_600_000,
      tenant,
      identity: `workload identity ${clientId}`,
    });
    expect(double.requests[0]).toMatchObject({
      line: entra,
      form: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'header.payload.one',
        scope: 'https://containerregistry.azure.net/.default',
      },
    });
    files['/var/token'] = 'header.payload.two';
    const error = await refusalOf(provider);
    expect(double.requests[1]?.form.client_assertion).toBe('header.payload.two');
    expect(error.message).not.toContain('header.payload.two');
  });

  it('says which variables are not set, empty ones among them', async () => {
    const double = await doubleFor('x');
    const answerFor = async (variables: object): Promise<string | undefined> =>
      absenceOf(await azureWorkloadIdentity(optionsFor(double, { env: { ...variables } })).get(request));
    expect(await answerFor({ ...env, AZURE_TENANT_ID: '' })).toBe('AZURE_TENANT_ID is not set');
    expect(await answerFor({})).toBe('AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE are not set');
    expect(double.requests).toEqual([]);
  });

  it.each([
    ['https://login.microsoftonline.us/', 'AzureUSGovernmentCloud', 'https://login.microsoftonline.us'],
    ['https://login.partner.microsoftonline.cn', 'AzureChinaCloud', 'https://login.partner.microsoftonline.cn'],
    ['https://login.private.example/adfs/', 'AzurePublicCloud', 'https://login.private.example/adfs'],
    ['http://127.0.0.1:8080', 'AzurePublicCloud', 'http://127.0.0.1:8080'],
  ] as const)('asks the authority %s that it is told', async (host, cloud, base) => {
    const double = await doubleFor('t');
    const variables = { ...env, AZURE_AUTHORITY_HOST: host };
    const provider = azureWorkloadIdentity(
      optionsFor(double, { env: variables, readFile: () => Promise.resolve('t') }),
    );
    await provider.get({ cloud, audience });
    expect(double.lines).toEqual([`POST ${base}/${tenant}/oauth2/v2.0/token`]);
  });

  it('does not get a token of one cloud for a registry of another', async () => {
    const double = await doubleFor('t');
    const variables = { ...env, AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn/' };
    const provider = azureWorkloadIdentity(
      optionsFor(double, { env: variables, readFile: () => Promise.resolve('t') }),
    );
    expect(absenceOf(await provider.get(request))).toMatch(/is that of AzureChinaCloud, .* in AzurePublicCloud/);
    expect(double.requests).toEqual([]);
  });

  it.each([
    ['AZURE_AUTHORITY_HOST', { AZURE_AUTHORITY_HOST: 'http://login.example' }, 't'],
    ['AZURE_AUTHORITY_HOST', { AZURE_AUTHORITY_HOST: 'login.example' }, 't'],
    ['AZURE_AUTHORITY_HOST', { AZURE_AUTHORITY_HOST: 'https://user:pass@login.example' }, 't'],
    ['AZURE_AUTHORITY_HOST', { AZURE_AUTHORITY_HOST: 'https://evil@login.example' }, 't'],
    ['AZURE_AUTHORITY_HOST', { AZURE_AUTHORITY_HOST: 'https://login.example/?evil' }, 't'],
    ['AZURE_TENANT_ID', { AZURE_TENANT_ID: '../evil' }, 't'],
    ['AZURE_TENANT_ID', { AZURE_TENANT_ID: 'a..b' }, 't'],
    ['AZURE_TENANT_ID', { AZURE_TENANT_ID: 'a?b' }, 't'],
    ['/var/token', {}, ' \n'],
    ['/var/token', {}, 'two words'],
    ['/var/token', {}, 'x'.repeat(1024 * 1024 + 1)],
  ])('refuses %s, with %j, where it cannot be right', async (place, variables, token) => {
    const double = await doubleFor('t');
    const options = { env: { ...env, ...variables }, readFile: () => Promise.resolve(token) };
    const error = await refusalOf(azureWorkloadIdentity(optionsFor(double, options)));
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(error.message).toContain(place);
    expect(error.message).not.toMatch(/evil|pass|words/);
    expect(double.requests).toEqual([]);
  });

  it('fails where the file that is named is missing', async () => {
    const double = await doubleFor('t');
    const error = await refusalOf(azureWorkloadIdentity(optionsFor(double, { env, readFile: filesOf({}) })));
    expect(error.message).toBe('[CREDENTIALS_INVALID] read credentials, /var/token: it does not exist');
  });

  it('reads the disk, through the links that Kubernetes makes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'acr-'));
    try {
      await writeFile(join(folder, 'data'), '\uFEFFdisk.token\n');
      await symlink('data', join(folder, 'token'));
      const double = await doubleFor('disk.token');
      const tokenIn = (file: string): Promise<unknown> => {
        const variables = { ...env, AZURE_FEDERATED_TOKEN_FILE: join(folder, file) };
        return azureWorkloadIdentity(optionsFor(double, { env: variables })).get(request);
      };
      expect(await tokenIn('token')).toMatchObject({ token: 'entra-token-1' });
      await writeFile(join(folder, 'large'), Buffer.alloc(1024 * 1024 + 1, 'x'));
      expect((await failureOf(tokenIn('large'))).message).toContain('larger than 1048576 bytes');
      expect(await failureOf(tokenIn('.'))).toMatchObject({ code: 'CREDENTIALS_INVALID' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('azureServicePrincipal', () => {
  const env = { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: 'a+b c&d=é', AZURE_TENANT_ID: tenant };

  it('proves itself with its secret, whatever signs are in it', async () => {
    const double = await doubleFor('a+b c&d=é');
    expect(await azureServicePrincipal(optionsFor(double, { env })).get(request)).toMatchObject({ tenant });
    expect(double.requests[0]?.form).toEqual({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: 'a+b c&d=é',
      scope: 'https://containerregistry.azure.net/.default',
    });
  });

  it('is absent without its secret', async () => {
    const double = await doubleFor('x');
    const provider = azureServicePrincipal(optionsFor(double, { env: { ...env, AZURE_CLIENT_SECRET: undefined } }));
    expect(absenceOf(await provider.get(request))).toBe('AZURE_CLIENT_SECRET is not set');
  });

  it('tells the AADSTS code and the first line, and not the secret that comes back', async () => {
    const double = await doubleFor('another');
    const error = await refusalOf(azureServicePrincipal(optionsFor(double, { env })));
    expect(error.message).toBe(
      `[CREDENTIALS_UNAVAILABLE] POST login.microsoftonline.com/${tenant}/oauth2/v2.0/token: HTTP 401: invalid_client, AADSTS7000215: Invalid client secret provided: ***.`,
    );
    expect(error).toMatchObject({ status: 401, retryable: false, hint: expect.stringContaining('client secret') });
    expect(double.requests).toHaveLength(1);
  });

  it.each([
    [{ AZURE_TENANT_ID: 'other.example.com' }, 'AADSTS90002', 'tenant'],
    [{ AZURE_CLIENT_ID: 'nobody' }, 'AADSTS700016', 'client id'],
  ])('says what is wrong with %j', async (variables, code, hint) => {
    const double = await doubleFor('x');
    const error = await refusalOf(azureServicePrincipal(optionsFor(double, { env: { ...env, ...variables } })));
    expect(error).toMatchObject({
      status: 400,
      message: expect.stringContaining(code),
      hint: expect.stringContaining(hint),
    });
  });

  it.each([
    ['a redirect', { status: 302, headers: { location: 'https://evil.example' } }, 'CREDENTIALS_UNAVAILABLE'],
    ['garbage', { status: 200, body: '{"access_token":"half' }, 'RESPONSE_INVALID'],
    ['a token without an end', { status: 200, body: { access_token: 'a' } }, 'RESPONSE_INVALID'],
    ['a token with a line break', { status: 200, body: { access_token: 'a\nb', expires_in: 1 } }, 'RESPONSE_INVALID'],
    ['too much', { status: 200, body: 'x'.repeat(1024 * 1024 + 1) }, 'RESPONSE_TOO_LARGE'],
    ['a page', { status: 403, body: '<html>secret</html>' }, 'CREDENTIALS_UNAVAILABLE'],
  ])('does not take %s for a token', async (_, answer, code) => {
    const double = await doubleFor('x');
    double.play('/token', answer);
    const error = await refusalOf(azureServicePrincipal(optionsFor(double, { env })));
    expect(error.code).toBe(code);
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(/half|html/);
    expect(double.requests).toHaveLength(1);
  });

  it('is asked for again where Entra ID is throttled or down, three times in all', async () => {
    const double = await doubleFor(env.AZURE_CLIENT_SECRET);
    const provider = azureServicePrincipal(optionsFor(double, { env }));
    double.play('/token', { status: 429, headers: { 'retry-after': '1' } }, { status: 503 });
    expect(await provider.get(request)).toMatchObject({ token: 'entra-token-1' });
    double.play('/token', { status: 500 }, { status: 500 }, { status: 504, headers: { 'retry-after': '9' } });
    expect(await refusalOf(provider)).toMatchObject({ status: 504, retryable: true, retryAfter: 9000 });
    expect(double.requests).toHaveLength(6);
  });
});

describe('azureConfigFile', () => {
  const path = '/etc/kubernetes/azure.json';
  const principal = { cloud: 'AzurePublicCloud', tenantId: tenant, aadClientId: clientId, aadClientSecret: 's3cret' };
  const withFile = (double: AcrDouble, file: object | string, more: Record<string, string> = {}): AzureTokenSource => {
    const content = typeof file === 'string' ? file : JSON.stringify(file);
    const env = { AZURE_CLIENT_ID: 'of-the-pod', AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn' };
    return azureConfigFile(path, optionsFor(double, { env, readFile: filesOf({ [path]: content, ...more }) }));
  };

  it('signs in with the service principal, without a look at the environment', async () => {
    const double = await doubleFor('s3cret');
    const provider = withFile(
      double,
      `\uFEFF${JSON.stringify({ ...principal, vmType: 'vmss', cloudProviderBackoff: true })}`,
    );
    expect(await provider.get(request)).toMatchObject({ identity: `service principal ${clientId} of ${path}` });
    expect(double.requests[0]).toMatchObject({ line: entra, form: { client_id: clientId, client_secret: 's3cret' } });
  });

  it('signs in with a federated token', async () => {
    const double = await doubleFor('fed.token');
    const file = { ...principal, useFederatedWorkloadIdentityExtension: true, aadFederatedTokenFile: '/fed' };
    await withFile(double, file, { '/fed': 'fed.token' }).get(request);
    expect(double.requests[0]?.form.client_assertion).toBe('fed.token');
  });

  it.each([
    [{ aadClientId: 'msi', aadClientSecret: 'msi', userAssignedIdentityID: 'kubelet' }, '&client_id=kubelet'],
    [{ aadClientId: '', aadClientSecret: 'msi', userAssignedIdentityID: '' }, ''],
    [{ ...principal, useManagedIdentityExtension: true, userAssignedIdentityID: 'kubelet' }, '&client_id=kubelet'],
    [
      { useManagedIdentityExtension: true, userAssignedIdentityID: '/subscriptions/s/x' },
      '&msi_res_id=%2Fsubscriptions%2Fs%2Fx',
    ],
  ])('takes %j for a managed identity', async (file, query) => {
    const double = await doubleFor('x', { identities: ['kubelet', '/subscriptions/s/x'] });
    const answer = await withFile(double, { tenantId: tenant, ...file }).get(request);
    expect(answer).toMatchObject({ tenant, identity: expect.stringContaining(path) });
    const resource = 'resource=https%3A%2F%2Fcontainerregistry.azure.net';
    expect(double.lines[1]).toBe(
      `GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&${resource}${query}`,
    );
  });

  it('fails where the machine does not have the identity that it names', async () => {
    const double = await doubleFor('x', { identities: [] });
    const error = await refusalOf(withFile(double, { useManagedIdentityExtension: true, userAssignedIdentityID: 'k' }));
    expect(error.message).toContain(`managed identity of ${path}: this machine does not have that identity`);
  });

  it('is absent where there is no file, no identity in it, or one of another cloud', async () => {
    const double = await doubleFor('s3cret');
    const missing = azureConfigFile('/none', optionsFor(double, { readFile: filesOf({}) }));
    expect(absenceOf(await missing.get(request))).toBe('it does not exist');
    expect(absenceOf(await withFile(double, { cloud: 'AzurePublicCloud' }).get(request))).toBe('it names no identity');
    const china = withFile(double, { ...principal, cloud: 'AzureChinaCloud' });
    expect(absenceOf(await china.get(request))).toBe(
      'it is for AzureChinaCloud, and the registry is in AzurePublicCloud',
    );
    expect(double.requests).toEqual([]);
    await china.get({ ...request, cloud: 'AzureChinaCloud' });
    expect(double.lines).toEqual([`POST https://login.chinacloudapi.cn/${tenant}/oauth2/v2.0/token`]);
  });
});
