import { describe, expect, it } from 'vitest';
import { chainKeychains } from '../../credentials/keychain.ts';
import { staticKeychain } from '../../credentials/static-keychain.ts';
import { RegistryClient } from '../../registry/registry-client.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry } from '../../testing.ts';
import { createCloudHttp } from '../cloud-http.ts';
import { type AcrDouble, clientId, createAcrDouble, tenant } from './acr-double.test-support.ts';
import { acrKeychain } from './acr-keychain.ts';

const refreshToken = 'registry-refresh-token';

async function setUp(): Promise<{ images: TestRegistry; double: AcrDouble; client: RegistryClient }> {
  const images = untilTestEnds(await createRegistry({ auth: { type: 'bearer', identityToken: refreshToken } }));
  await images.push('team/app', '1');
  const applications = { [clientId]: 'federated.token' };
  const double = untilTestEnds(
    await createAcrDouble({ now: Date.now, applications, refreshToken, service: images.host }),
  );
  const cloud = acrKeychain({
    env: {
      AZURE_CLIENT_ID: clientId,
      AZURE_TENANT_ID: tenant,
      AZURE_FEDERATED_TOKEN_FILE: '/token',
      AZURE_AUTHORITY_HOST: `${double.url}/`,
    },
    readFile: () => Promise.resolve('federated.token\n'),
    http: createCloudHttp(),
    registries: [images.host],
    // The test registry has a token endpoint, and no exchange: that is the double's.
    registryUrl: () => new URL(double.url),
  });
  const keychain = chainKeychains(staticKeychain({ 'docker.io': { username: 'u', password: 'p' } }), cloud);
  return { images, double, client: untilTestEnds(new RegistryClient({ keychain })) };
}

describe('a RegistryClient with acrKeychain', () => {
  it('pulls, over real sockets from the identity to the layers', async () => {
    const { images, double, client } = await setUp();
    const image = await client.resolve(`${images.host}/team/app:1`);
    for (const layer of image.layers) for await (const chunk of layer.open()) expect(chunk.length).toBeGreaterThan(0);
    expect(double.lines).toEqual([
      `POST ${double.url}/${tenant}/oauth2/v2.0/token`,
      `POST ${double.url}/oauth2/exchange`,
    ]);
    const tokens = images.requests.filter(({ path }) => path === '/token');
    expect(tokens.map(({ method, headers }) => [method, headers.authorization])).toEqual([['POST', undefined]]);
    expect(JSON.stringify(images.requests)).not.toMatch(/entra-token|federated/);
  });

  it('fails with what the cloud says, not with a missing credential', async () => {
    const { images, double, client } = await setUp();
    double.play('/token', { status: 400, body: { error: 'invalid_client', error_description: 'AADSTS700024: Late.' } });
    const error = await failureOf(client.resolve(`${images.host}/team/app:1`));
    expect(error.code).toBe('CREDENTIALS_UNAVAILABLE');
    expect(error.message).toContain('workload identity: POST');
    expect(error.message).toContain('AADSTS700024: Late.');
    expect(error.hint).toContain('clock');
  });
});
