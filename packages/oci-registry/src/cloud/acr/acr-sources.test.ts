import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import { clientId, createAcrDouble, tenant } from './acr-double.test-support.ts';
import { acrKeychain } from './acr-keychain.ts';

describe('the sources of acrKeychain', () => {
  const files: Record<string, string> = { '/azure.json': '{}', '/t': 'fed.token' };
  const readFile = (path: string): Promise<string> => Promise.resolve(files[path] ?? '');

  it('are asked in the documented order, and all are named where none has an identity', async () => {
    const double = untilTestEnds(await createAcrDouble({ now: Date.now }));
    const keychain = acrKeychain({ azureConfig: '/azure.json', readFile, http: double.http });
    const error = await failureOf(keychain.resolve({ registry: 'team.azurecr.io', repository: 'app' }));
    expect(error.code).toBe('CREDENTIALS_UNAVAILABLE');
    expect(error.message.split('was found: ')[1]?.split('; ')).toEqual([
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
