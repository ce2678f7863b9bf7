import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inClusterTransport } from '@falcon-iar/k8s-watcher';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiClient, ApiStatusError } from '../support/kubernetes/api-client.ts';
import { canRunKubernetes } from '../support/kubernetes/can-run-kubernetes.ts';
import { collectImages } from '../support/kubernetes/image-watch.ts';
import { simplePod } from '../support/kubernetes/simple-pod.ts';
import { type Kubernetes, startKubernetes } from '../support/kubernetes/start-kubernetes.ts';
import { chartRules, userTransport } from '../support/kubernetes/watcher-transport.ts';

const account = { namespace: 'kube-system', name: 'agent' };
const canRun = canRunKubernetes('k8s-watcher and the tokens and rights of a real API server');
let kubernetes: Kubernetes;

describe.runIf(canRun)('k8s-watcher, its token and its rights', () => {
  beforeAll(async () => {
    kubernetes = await startKubernetes({ users: ['pods-only', 'nobody'] });
    await kubernetes.cluster.createServiceAccount(account.namespace, account.name);
    await kubernetes.cluster.grant('agent', chartRules, [{ kind: 'ServiceAccount', ...account }]);
  }, 1_800_000);

  afterAll(async () => {
    await kubernetes?.close();
  });

  it('goes on with the token that takes the place of one that is no longer good', async () => {
    const { apiserver, cluster, directory, kubelet } = kubernetes;
    await cluster.createNamespace('tokens');
    const folder = await mkdtemp(join(directory, 'service-account-'));
    const issue = async (name: string): Promise<string> => {
      const { metadata } = await cluster.createSecret(account.namespace, name, 'Opaque', {});
      const binding = { kind: 'Secret', name, uid: metadata.uid } as const;
      const token = await cluster.serviceAccountToken(account.namespace, account.name, binding);
      // As the kubelet does it: whoever reads has the old one or the new one, never a part.
      await writeFile(join(folder, 'next'), token);
      await rename(join(folder, 'next'), join(folder, 'token'));
      return token;
    };
    await writeFile(join(folder, 'ca.crt'), apiserver.ca);
    const first = await issue('first');
    const transport = await inClusterTransport({ directory: folder, baseUrl: apiserver.url });
    await using images = collectImages(transport, { timeoutSeconds: 1 });
    await images.until('synced', () => images.syncs === 1);

    await issue('second');
    await cluster.deleteSecret(account.namespace, 'first');
    const old = new ApiClient({ url: apiserver.url, ca: apiserver.ca, token: first });
    // The server remembers for some seconds that a token was good.
    await vi.waitUntil(() => old.get('/api/v1/pods').then(() => false, isUnauthorized), { timeout: 60_000 });
    old.close();
    await kubelet.run(simplePod('tokens', 'later'));
    await images.until('the pod', () => images.told('tokens').length === 1);
    expect([images.syncs, images.errors]).toEqual([1, []]);

    await cluster.deleteSecret(account.namespace, 'second');
    await images.until('the refusal', () => images.errors.some(({ error }) => error.code === 'UNAUTHORIZED'));
    await kubelet.run(simplePod('tokens', 'last'));
    await issue('third');
    await images.until('the pod', () => images.told('tokens').length === 2);
    expect(images.told('tokens')).toEqual(['seen later/main', 'seen last/main']);
    expect(images.syncs).toBe(1);
  });

  it('sees pods without the right to namespaces, and names the right that it misses', async () => {
    const { apiserver, cluster, kubelet } = kubernetes;
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }];
    await cluster.grant('pods-only', rules, [{ kind: 'User', name: 'pods-only' }]);
    await cluster.createNamespace('rights');
    await kubelet.run(simplePod('rights', 'first'));
    await using images = collectImages(userTransport(apiserver, 'pods-only'));
    await images.until('the pod', () => images.told('rights').length === 1);
    expect(images.errors.map(({ path, error }) => [path, error.code])).toContainEqual([
      '/api/v1/namespaces',
      'FORBIDDEN',
    ]);
    expect(images.errors[0]!.error.message).toContain('not allowed to list namespaces');
  });

  it('reports a missing or withdrawn right until it is given, then goes on', async () => {
    const { apiserver, cluster, kubelet } = kubernetes;
    await cluster.createNamespace('granted');
    await kubelet.run(simplePod('granted', 'first'));
    await using images = collectImages(userTransport(apiserver, 'nobody'), { timeoutSeconds: 1 });
    const refusals = (phase: string) =>
      images.errors.filter((error) => error.phase === phase && error.path === '/api/v1/pods').length;
    await images.until('refused lists', () => refusals('list') >= 2);
    expect(images.events).toEqual([]);
    const subjects = [{ kind: 'User', name: 'nobody' }] as const;
    await cluster.grant('nobody', chartRules, subjects);
    await images.until('the first list', () => images.syncs === 1);
    await cluster.revoke('nobody');
    await images.until('a refused watch', () => refusals('watch') >= 1);
    await kubelet.run(simplePod('granted', 'second'));
    await cluster.grant('nobody', chartRules, subjects);
    await images.until('the second pod', () => images.told('granted').length === 2);
    expect(images.told('granted')).toEqual(['seen first/main', 'seen second/main']);
    expect(new Set(images.errors.map(({ error }) => error.code))).toEqual(new Set(['FORBIDDEN']));
    expect(images.syncs).toBe(1);
  });
});

function isUnauthorized(error: unknown): boolean {
  if (error instanceof ApiStatusError && error.status === 401) return true;
  throw error;
}
