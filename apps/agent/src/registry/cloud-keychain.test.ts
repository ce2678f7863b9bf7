import { chainKeychains, staticKeychain } from '@falcon-iar/oci-registry';
import { describe, expect, it } from 'vitest';
import { cloudKeychain } from './cloud-keychain.ts';

/** Nothing of these can be reached, so that nobody waits for a metadata service. */
const env = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AZURE_CLIENT_ID: 'a',
  AZURE_TENANT_ID: 'b',
  AZURE_FEDERATED_TOKEN_FILE: '/no/such/token',
  GOOGLE_APPLICATION_CREDENTIALS: '/no/such/key.json',
};
const keychain = cloudKeychain({ env, proxy: {}, tls: {} });

describe('the identity in a cloud', () => {
  it.each([
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', /AWS/],
    ['team.azurecr.io', /no.such.token/],
    ['eu.gcr.io', /no.such.key/],
    ['europe-docker.pkg.dev', /no.such.key/],
  ])('is asked for at %s', async (registry, cloud) => {
    const answer = keychain.resolve({ registry, repository: 'team/app' });
    await expect(answer).rejects.toMatchObject({ name: 'RegistryError', message: expect.stringMatching(cloud) });
  });

  it.each(['docker.io', 'registry.example.com:5000', 'ecr.example.com', 'gcr.io.example.com', 'azurecr.example'])(
    'is not told to %s',
    async (registry) => {
      expect(await keychain.resolve({ registry, repository: 'team/app' })).toBeUndefined();
    },
  );

  it('comes after what is configured', async () => {
    const registry = 'eu.gcr.io';
    const configured = staticKeychain({ [registry]: { username: 'robot', password: 'secret' } });
    const answer = await chainKeychains(configured, keychain).resolve({ registry, repository: 'team/app' });
    const found = [];
    for await (const { username } of answer as AsyncIterable<{ username?: string }>) {
      found.push(username);
      break;
    }
    expect(found).toEqual(['robot']);
  });
});
