import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import type { PodContext } from '../image/image-event.ts';
import { type ApiServer, createApiServer } from '../testing/create-api-server.ts';
import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { createClusterTransport } from '../transport/create-cluster-transport.ts';
import { clusterId } from './cluster-id.ts';
import { nodePlatform } from './node-platform.ts';
import { type PullSecretOwner, pullSecretsFor } from './pull-secrets.ts';
import { watchPullSecrets } from './watch-pull-secrets.ts';

let server: ApiServer;
let transport: ClusterTransport;

beforeEach(async () => {
  server = await createApiServer();
  transport = createClusterTransport({ baseUrl: server.url });
});
afterEach(async () => {
  await transport.close();
  await server.close();
});

describe('clusterId and nodePlatform', () => {
  it('give the uid of kube-system and what a node runs', async () => {
    server.put('namespaces', { metadata: { name: 'kube-system', uid: 'the-cluster' } });
    server.put('nodes', {
      metadata: { name: 'n1' },
      status: { nodeInfo: { operatingSystem: 'linux', architecture: 'arm64' } },
    });
    server.put('nodes', { metadata: { name: 'young' } });
    expect(await clusterId(transport)).toBe('the-cluster');
    expect(await nodePlatform(transport, 'n1')).toEqual({ os: 'linux', architecture: 'arm64' });
    await expect(nodePlatform(transport, 'young')).rejects.toMatchObject({ code: 'RESPONSE_INVALID' });
    await expect(nodePlatform(transport, 'n/../1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('pullSecretsFor', () => {
  const config = (host: string): string => JSON.stringify({ auths: { [host]: { auth: 'dTpw' } } });
  const put = (name: string, key: string, text: string): void => {
    server.put('secrets', { metadata: { name, namespace: 'shop' }, data: { [key]: btoa(text) } });
  };

  it('takes the context of an image', () => {
    expectTypeOf<PodContext>().toExtend<PullSecretOwner>();
  });

  it('gives those of the pod before those of its service account, each once', async () => {
    put('of-pod', '.dockerconfigjson', config('a.example'));
    put('of-account', '.dockercfg', '{}');
    const account = { name: 'robot', namespace: 'shop' };
    server.put('serviceaccounts', {
      metadata: account,
      imagePullSecrets: [{ name: 'of-account' }, { name: 'of-pod' }],
    });
    const owner = { namespace: 'shop', serviceAccountName: 'robot', pullSecretNames: ['of-pod'] };
    expect(await pullSecretsFor(transport, owner)).toEqual({
      secrets: [
        { namespace: 'shop', name: 'of-pod', format: 'config.json', dockerConfig: config('a.example') },
        { namespace: 'shop', name: 'of-account', format: '.dockercfg', dockerConfig: '{}' },
      ],
      problems: [],
    });
  });

  it('reports what is missing, forbidden or malformed and gives the rest', async () => {
    put('good', '.dockerconfigjson', config('a.example'));
    put('opaque', 'password', 'x');
    server.deny('get', 'serviceaccounts');
    const owner = { namespace: 'shop', serviceAccountName: 'robot', pullSecretNames: ['missing', 'opaque', 'good'] };
    const { secrets, problems } = await pullSecretsFor(transport, owner);
    expect(secrets.map(({ name }) => name)).toEqual(['good']);
    expect(problems.map(({ object, error }) => `${object} ${error.code}`)).toEqual([
      'serviceaccount/robot FORBIDDEN',
      'secret/missing NOT_FOUND',
      'secret/opaque RESPONSE_INVALID',
    ]);
    expect(problems[0]?.error.message).toContain('not allowed to get serviceaccounts in namespace shop');
  });

  it('fails where the API server does', async () => {
    server.fail({ verb: 'get', effect: 503 });
    await expect(pullSecretsFor(transport, { namespace: 'shop', pullSecretNames: ['a'] })).rejects.toMatchObject({
      code: 'SERVER_ERROR',
    });
    expect(await pullSecretsFor(transport, { namespace: 'shop' })).toEqual({ secrets: [], problems: [] });
  });
});

describe('watchPullSecrets', () => {
  it('tells the Secrets of both types in all namespaces, and those that come later', async () => {
    const secret = (namespace: string, name: string, type: string, key: string, text = '{"auths":{}}') => ({
      ...{ metadata: { name, namespace }, type, data: { [key]: btoa(text) } },
    });
    server.put('secrets', secret('shop', 'new-form', 'kubernetes.io/dockerconfigjson', '.dockerconfigjson'));
    server.put('secrets', secret('bank', 'old-form', 'kubernetes.io/dockercfg', '.dockercfg', '{}'));
    server.put('secrets', secret('bank', 'no-pull', 'Opaque', '.dockerconfigjson'));
    server.put('secrets', secret('bank', 'empty', 'kubernetes.io/dockerconfigjson', 'other'));
    const found: string[] = [];
    let synced = 0;
    for await (const event of watchPullSecrets(transport)) {
      if (event.type !== 'synced') found.push(`${event.type} ${event.object.namespace}/${event.object.name}`);
      else if (++synced === 2) {
        server.put('secrets', secret('shop', 'late', 'kubernetes.io/dockerconfigjson', '.dockerconfigjson'));
      }
      if (found.length === 3) break;
    }
    expect(found.slice(0, 2).sort()).toEqual(['added bank/old-form', 'added shop/new-form']);
    expect(found[2]).toBe('added shop/late');
  });
});
