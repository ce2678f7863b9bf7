import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../error.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import { audience, clientId, createAcrDouble, tenant } from './acr-double.test-support.ts';
import { acrKeychain } from './acr-keychain.ts';
import type { AzureToken, AzureTokenProvider } from './azure-token.ts';
import { firstToken } from './first-token.ts';

const request = { cloud: 'AzurePublicCloud', audience } as const;
const token: AzureToken = { token: 't', expiresAt: 1, identity: 'i' };
const has = (name: string): AzureTokenProvider => ({ name, getToken: () => Promise.resolve(token) });
const lacks = (name: string): AzureTokenProvider => ({
  name,
  getToken: () => Promise.resolve({ absent: 'not set up' }),
});
const fails = (name: string, error: unknown): AzureTokenProvider => ({ name, getToken: () => Promise.reject(error) });

describe('firstToken', () => {
  it('is that of the first source that is set up', async () => {
    const broken = fails('c', new Error('must not be asked'));
    expect(await firstToken([lacks('a'), has('b'), broken], request)).toBe(token);
  });

  it('tells all sources that gave nothing, and why', async () => {
    const error = await failureOf(firstToken([lacks('a'), lacks('b')], request));
    expect(error.message).toBe(
      '[CREDENTIALS_UNAVAILABLE] get a token of Entra ID for AzurePublicCloud: a: not set up; b: not set up',
    );
    expect((await failureOf(firstToken([], request))).message).toContain('there is no source to ask');
  });

  it('lets no other identity step in for one that fails', async () => {
    const cause = new RegistryError('NETWORK', 'GET x: it broke', { retryable: true, retryAfter: 5, hint: 'look' });
    const error = await failureOf(firstToken([lacks('a'), fails('b', cause), has('c')], request));
    expect(error).toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      retryable: true,
      retryAfter: 5,
      hint: 'look',
      cause,
    });
    expect(error.message).toMatch(/: a: not set up; b: GET x: it broke$/);
  });

  it('does not repeat the words of an error of others', async () => {
    const cause = new Error('password hunter2');
    const error = await failureOf(firstToken([fails('mine', cause)], request));
    expect(error.message).toMatch(/mine: it failed$/);
    expect(error).toMatchObject({ retryable: false, cause });
  });

  it('lets a setting that cannot be understood speak for itself', async () => {
    const invalid = new RegistryError('CREDENTIALS_INVALID', 'read credentials, f: field "x"');
    expect(await failureOf(firstToken([fails('a', invalid), has('b')], request))).toBe(invalid);
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const provider: AzureTokenProvider = {
      name: 'a',
      getToken: () => {
        controller.abort('enough');
        return Promise.reject(new Error('aborted'));
      },
    };
    await expect(firstToken([provider], { ...request, signal: controller.signal })).rejects.toBe('enough');
  });
});

describe('the sources of acrKeychain', () => {
  const files: Record<string, string> = { '/azure.json': '{}', '/t': 'fed.token' };
  const readFile = (path: string): Promise<string> => Promise.resolve(files[path] ?? '');

  it('are asked in the documented order, and all are named where none has an identity', async () => {
    const double = untilTestEnds(await createAcrDouble({ now: Date.now }));
    const keychain = acrKeychain({ azureConfig: '/azure.json', readFile, http: double.http });
    const error = await failureOf(keychain.resolve({ registry: 'team.azurecr.io', repository: 'app' }));
    expect(error.code).toBe('CREDENTIALS_UNAVAILABLE');
    expect(error.message.split(': ').slice(1).join(': ').split('; ')).toEqual([
      'workload identity: AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE are not set',
      'service principal: AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_TENANT_ID are not set',
      '/azure.json: it names no identity',
      'managed identity: this machine has no identity',
    ]);
  });

  it('go from the pod over its variables to the node', async () => {
    const principal = { tenantId: tenant, aadClientId: clientId, aadClientSecret: 'of the node' };
    files['/azure.json'] = JSON.stringify(principal);
    const sourceWith = async (proof: string, env: Record<string, string>): Promise<unknown> => {
      const applications = { [clientId]: proof };
      const double = untilTestEnds(await createAcrDouble({ now: Date.now, applications, identities: ['m'] }));
      const keychain = acrKeychain({ env, azureConfig: '/azure.json', readFile, http: double.http });
      return keychain.resolve({ registry: 'team.azurecr.io', repository: 'app' });
    };
    const pod = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenant };
    const all = { ...pod, AZURE_FEDERATED_TOKEN_FILE: '/t', AZURE_CLIENT_SECRET: 'of the pod' };
    expect(await sourceWith('fed.token', all)).toMatchObject({ source: `workload identity ${clientId}` });
    const secret = { ...pod, AZURE_CLIENT_SECRET: 'of the pod' };
    expect(await sourceWith('of the pod', secret)).toMatchObject({ source: `service principal ${clientId}` });
    const node = `service principal ${clientId} of /azure.json`;
    expect(await sourceWith('of the node', pod)).toMatchObject({ source: node });
    files['/azure.json'] = '{}';
    expect(await sourceWith('x', {})).toMatchObject({ source: 'managed identity' });
  });
});
