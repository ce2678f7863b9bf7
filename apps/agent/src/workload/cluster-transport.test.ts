import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiServer } from '@falcon-iar/k8s-watcher/testing';
import { selfSignedCertificate } from '@falcon-iar/oci-registry/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClusterChoice, openCluster } from './cluster-transport.ts';

const { signal } = new AbortController();
let directory: string;
let nowhere: ClusterChoice;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'iar-kube-'));
  const serviceAccount = join(directory, 'service-account');
  nowhere = { kubeconfig: [], environment: {}, serviceAccount, signal };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

async function kubeconfig(server: string, path: string): Promise<string> {
  const file = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user: { token: 'secret' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  await writeFile(path, JSON.stringify(file));
  return path;
}

describe('openCluster', () => {
  it('takes the kubeconfig that was named', async () => {
    await using server = await createApiServer({ tokens: ['secret'] });
    const path = await kubeconfig(server.url, join(directory, 'config'));
    await using transport = await openCluster({ ...nowhere, kubeconfig: [path] });
    expect(await transport.getJson('/api/v1/pods')).toMatchObject({ items: [] });
  });

  it.each([
    ['10.96.0.1', '443', '10.96.0.1'],
    ['fd00::1', '6443', '[fd00::1]:6443'],
    ['10.96.0.1', undefined, '10.96.0.1'],
    [undefined, undefined, 'kubernetes.default.svc'],
  ])('is in its own cluster where there is a service account: %s %s', async (serviceHost, servicePort, host) => {
    const serviceAccount = join(directory, 'service-account');
    await mkdir(serviceAccount);
    await writeFile(join(serviceAccount, 'token'), 'secret');
    await writeFile(join(serviceAccount, 'ca.crt'), selfSignedCertificate().cert);
    await using transport = await openCluster({
      ...nowhere,
      environment: { KUBERNETES_SERVICE_HOST: serviceHost, KUBERNETES_SERVICE_PORT: servicePort },
    });
    expect(transport.host).toBe(host);
  });

  it('says what to do where there is no cluster', async () => {
    vi.stubEnv('HOME', directory);
    await expect(openCluster(nowhere)).rejects.toMatchObject({
      ...{ name: 'UsageError', hint: expect.stringContaining('KUBECONFIG') },
    });
  });

  it('takes the kubeconfig in the home directory last', async () => {
    await using server = await createApiServer({ tokens: ['secret'] });
    vi.stubEnv('HOME', directory);
    await mkdir(join(directory, '.kube'));
    await kubeconfig(server.url, join(directory, '.kube', 'config'));
    await using transport = await openCluster(nowhere);
    expect(await transport.getJson('/api/v1/pods')).toMatchObject({ items: [] });
  });
});
