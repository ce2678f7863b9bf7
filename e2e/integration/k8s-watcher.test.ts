import {
  clusterId,
  disablingAnnotation,
  kubeconfigTransport,
  nodePlatform,
  type PodContext,
  pullSecretsFor,
  type RequestQuery,
  watchPullSecrets,
} from '@falcon-iar/k8s-watcher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunKubernetes } from '../support/kubernetes/can-run-kubernetes.ts';
import { collectImages } from '../support/kubernetes/image-watch.ts';
import { sampleDigest, simplePod } from '../support/kubernetes/simple-pod.ts';
import { type Kubernetes, startKubernetes } from '../support/kubernetes/start-kubernetes.ts';
import { chartRules, spiedTransport, userTransport } from '../support/kubernetes/watcher-transport.ts';

const asAgent = () => userTransport(kubernetes.apiserver, 'agent');
let kubernetes: Kubernetes;

describe.runIf(canRunKubernetes('k8s-watcher with a real API server'))('k8s-watcher and a real API server', () => {
  beforeAll(async () => {
    kubernetes = await startKubernetes({ users: ['agent'] });
    await kubernetes.cluster.grant('agent', chartRules, [{ kind: 'User', name: 'agent' }]);
  }, 1_800_000);

  afterAll(async () => {
    await kubernetes?.close();
  });

  it('lists in pages, each container once', async () => {
    const { cluster, kubelet } = kubernetes;
    await cluster.createNamespace('paging');
    await kubelet.runAll(Array.from({ length: 40 }, (_, index) => simplePod('paging', `p-${index}`)));
    const queries: RequestQuery[] = [];
    const transport = spiedTransport(asAgent(), (path, query) => {
      if (path === '/api/v1/pods') queries.push(query);
    });
    await using images = collectImages(transport, { pageSize: 7 });
    await images.until('synced', () => images.syncs === 1);
    const expected = Array.from({ length: 40 }, (_, index) => `seen p-${index}/main`);
    expect(images.told('paging').sort()).toEqual(expected.sort());
    expect(images.events.at(-1)).toEqual({ type: 'synced', pods: 40 });
    expect(queries.map(({ limit }) => limit)).toEqual(Array(6).fill(7));
    expect(queries.filter((query) => query.continue !== undefined)).toHaveLength(5);
    expect(images.errors).toEqual([]);
  });

  it('tells nothing of a list whose moment is forgotten before its last page', async () => {
    const { cluster, kubelet, etcd } = kubernetes;
    await cluster.createNamespace('forgotten');
    await kubelet.runAll(Array.from({ length: 30 }, (_, index) => simplePod('forgotten', `p-${index}`)));
    let pages = 0;
    const transport = spiedTransport(asAgent(), async (path) => {
      if (path !== '/api/v1/pods' || ++pages !== 3) return;
      // p-0 was on a page that came already.
      await kubelet.remove({ namespace: 'forgotten', name: 'p-0' });
      await kubelet.run(simplePod('forgotten', 'late'));
      await etcd.compact();
    });
    await using images = collectImages(transport, { pageSize: 10 });
    await images.until('synced', () => images.syncs === 1);
    const expected = Array.from({ length: 29 }, (_, index) => `seen p-${index + 1}/main`);
    expect(images.told('forgotten').sort()).toEqual([...expected, 'seen late/main'].sort());
    expect(images.errors).toMatchObject([{ phase: 'list', relists: true, error: { code: 'GONE' } }]);
  });

  it('tells containers of every kind as soon as their digest is known', async () => {
    const { cluster, kubelet } = kubernetes;
    await cluster.createNamespace('kinds');
    await using images = collectImages(asAgent());
    await images.until('synced', () => images.syncs === 1);
    const web = { namespace: 'kinds', name: 'web' };
    const main = { name: 'main', image: 'registry.example/web:1.4', imageId: '' };
    await kubelet.run({
      ...web,
      node: 'node-7',
      owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4', uid: 'b3f1' },
      serviceAccount: 'shopkeeper',
      pullSecrets: ['one', 'two'],
      phase: 'Pending',
      initContainers: [{ name: 'prepare', image: 'registry.example/prepare', imageId: sampleDigest('2') }],
      containers: [main],
    });
    await images.until('the init container', () => images.told('kinds').length === 1);
    const running = {
      ...main,
      imageId: `registry.example/web@${sampleDigest('1')}`,
      containerId: 'containerd://abc',
    };
    await kubelet.report({ ...web, phase: 'Running' }, 'container', [running]);
    await images.until('the container', () => images.told('kinds').length === 2);
    const debug = { name: 'debug', image: 'busybox', imageId: `docker-pullable://busybox@${sampleDigest('3')}` };
    await kubelet.debug(web, debug);
    await images.until('the ephemeral container', () => images.told('kinds').length === 3);

    expect(images.told('kinds')).toEqual(['seen web/prepare', 'seen web/main', 'seen web/debug']);
    const { uid } = (await kubernetes.apiserver.admin.get('/api/v1/namespaces/kinds/pods/web')).metadata;
    const context: Partial<PodContext> = {
      ...{ namespace: 'kinds', podName: 'web', podUid: uid, nodeName: 'node-7', serviceAccountName: 'shopkeeper' },
      ...{ pullSecretNames: ['one', 'two'], owner: { kind: 'ReplicaSet', name: 'web-5d4' } },
    };
    expect(images.image('kinds', 'web', 'prepare')).toMatchObject({
      ...{
        kind: 'init',
        reference: 'registry.example/prepare',
        digest: sampleDigest('2'),
        digestOf: 'config',
        context,
      },
    });
    expect(images.image('kinds', 'web', 'main')).toMatchObject({
      ...{
        kind: 'container',
        reference: 'registry.example/web:1.4',
        digest: sampleDigest('1'),
        digestOf: 'manifest',
      },
      pullReference: `registry.example/web@${sampleDigest('1')}`,
      context: { ...context, containerName: 'main', containerId: 'abc' },
    });
    expect(images.image('kinds', 'web', 'debug')).toMatchObject({
      ...{
        kind: 'ephemeral',
        reference: 'busybox',
        digest: sampleDigest('3'),
        pullReference: `busybox@${sampleDigest('3')}`,
      },
    });

    // What a kubelet writes while nothing changes for us, then another image under the same name.
    await kubelet.report({ ...web, phase: 'Running' }, 'container', [{ ...running, imageId: '', state: 'waiting' }]);
    await kubelet.report(web, 'container', [running]);
    await kubelet.report(web, 'container', [{ ...running, imageId: `registry.example/web@${sampleDigest('4')}` }]);
    await images.until('the digest that went', () => images.told('kinds').includes('gone web'));
    expect(images.told('kinds').slice(3)).toEqual(['seen web/main', 'gone web']);
    await kubelet.remove(web);
    await images.until('all that went', () => images.told('kinds').length === 8);
    expect(images.told('kinds').slice(5)).toEqual(['gone web', 'gone web', 'gone web']);
    expect(images.errors).toEqual([]);
  });

  it('follows the annotations of pods and namespaces', async () => {
    const { cluster, kubelet } = kubernetes;
    const [disabled, enabled] = [{ [disablingAnnotation]: 'disabled' }, { [disablingAnnotation]: null }];
    await cluster.createNamespace('open');
    await cluster.createNamespace('closed', disabled);
    await kubelet.run({ ...simplePod('open', 'quiet'), annotations: disabled });
    await kubelet.run(simplePod('open', 'loud'));
    await kubelet.run(simplePod('closed', 'any'));
    await using images = collectImages(asAgent());
    await images.until('synced', () => images.syncs === 1);
    expect([images.told('open'), images.told('closed')]).toEqual([['seen loud/main'], []]);
    await cluster.annotatePod('open', 'quiet', enabled);
    await cluster.annotatePod('open', 'loud', disabled);
    await images.until('the pods', () => images.told('open').length === 3);
    expect(images.told('open').slice(1)).toEqual(['seen quiet/main', 'gone loud']);
    await cluster.annotateNamespace('closed', enabled);
    await images.until('the namespace', () => images.told('closed').length === 1);
    await cluster.annotateNamespace('closed', disabled);
    await images.until('the namespace', () => images.told('closed').length === 2);
    expect(images.told('closed')).toEqual(['seen any/main', 'gone any']);
  });

  it('watches one node', async () => {
    const { cluster, kubelet } = kubernetes;
    await cluster.createNamespace('nodes');
    await kubelet.run({ ...simplePod('nodes', 'here'), node: 'node-8' });
    await kubelet.run(simplePod('nodes', 'there'));
    await using images = collectImages(asAgent(), { nodeName: 'node-8' });
    await images.until('synced', () => images.syncs === 1);
    await kubelet.run(simplePod('nodes', 'there-too'));
    await kubelet.run({ ...simplePod('nodes', 'here-too'), node: 'node-8' });
    await images.until('the second pod', () => images.told('nodes').length === 2);
    expect(images.told('nodes')).toEqual(['seen here/main', 'seen here-too/main']);
  });

  it('finds pull secrets of pods and service accounts, and tells which are missing', async () => {
    const { cluster } = kubernetes;
    await cluster.createNamespace('pulls');
    await cluster.createPullSecret('pulls', 'own', { 'r.example': { username: 'me', password: 'secret' } });
    await cluster.createSecret('pulls', 'older', 'kubernetes.io/dockercfg', { '.dockercfg': '{"o.example":{}}' });
    await cluster.createSecret('pulls', 'opaque', 'Opaque', { key: 'value' });
    await cluster.createServiceAccount('pulls', 'runner', { pullSecrets: ['older', 'own'] });
    await using transport = asAgent();
    const owner = { namespace: 'pulls', serviceAccountName: 'runner', pullSecretNames: ['own', 'missing', 'opaque'] };
    const { secrets, problems } = await pullSecretsFor(transport, owner);
    expect(secrets.map(({ name, format }) => [name, format])).toEqual([
      ['own', 'config.json'],
      ['older', '.dockercfg'],
    ]);
    expect(JSON.parse(secrets[0]!.dockerConfig)).toMatchObject({
      auths: { 'r.example': { auth: btoa('me:secret') } },
    });
    expect(problems.map(({ object, error }) => [object, error.code])).toEqual([
      ['secret/missing', 'NOT_FOUND'],
      ['secret/opaque', 'RESPONSE_INVALID'],
    ]);
    const found: string[] = [];
    let synced = 0;
    for await (const event of watchPullSecrets(transport, { namespace: 'pulls' })) {
      if (event.type !== 'synced') found.push(`${event.type} ${event.object.name}`);
      else if (++synced === 2) await cluster.createPullSecret('pulls', 'later', {});
      if (found.length === 3) break;
    }
    expect([...found.slice(0, 2).sort(), found[2]]).toEqual(['added older', 'added own', 'added later']);
  });

  it('tells the identity of the cluster and the platform of a node, with a kubeconfig too', async () => {
    const { apiserver, cluster } = kubernetes;
    await cluster.createNode('arm', { architecture: 'arm64', operatingSystem: 'linux' });
    await using transport = await kubeconfigTransport({ path: apiserver.kubeconfig });
    const { uid } = (await apiserver.admin.get('/api/v1/namespaces/kube-system')).metadata;
    expect(await clusterId(transport)).toBe(uid);
    expect(await nodePlatform(transport, 'arm')).toEqual({ os: 'linux', architecture: 'arm64' });
    await expect(nodePlatform(transport, 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
