import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunKubernetes } from '../support/kubernetes/can-run-kubernetes.ts';
import { collectImages } from '../support/kubernetes/image-watch.ts';
import { openNetworkGate } from '../support/kubernetes/network-gate.ts';
import { simplePod } from '../support/kubernetes/simple-pod.ts';
import { type Kubernetes, startKubernetes } from '../support/kubernetes/start-kubernetes.ts';
import { chartRules, userTransport } from '../support/kubernetes/watcher-transport.ts';

const canRun = canRunKubernetes('k8s-watcher and outages of a real API server');

describe.runIf(canRun).each([
  { watches: 'from memory', watchCache: true },
  { watches: 'from etcd', watchCache: false },
])('k8s-watcher and an API server that serves watches $watches', ({ watchCache }) => {
  let kubernetes: Kubernetes;

  beforeAll(async () => {
    kubernetes = await startKubernetes({ users: ['agent'], watchCache });
    await kubernetes.cluster.grant('agent', chartRules, [{ kind: 'User', name: 'agent' }]);
  }, 1_800_000);

  afterAll(async () => {
    await kubernetes?.close();
  });

  /** Pods of a namespace of its own, and a watch that knows them and can be cut off. */
  async function watchedPods(namespace: string, names: readonly string[]) {
    const { apiserver, cluster, kubelet } = kubernetes;
    await cluster.createNamespace(namespace);
    for (const name of names) await kubelet.run(simplePod(namespace, name));
    const gate = await openNetworkGate(apiserver.url);
    const images = collectImages(userTransport(apiserver, 'agent', gate.url));
    await images.until('synced', () => images.syncs === 1);
    expect(images.told(namespace).sort()).toEqual(names.map((name) => `seen ${name}/main`).sort());
    return {
      gate,
      images,
      /** What was told since the first list, in any order. */
      news: () => images.told(namespace).slice(names.length).sort(),
      async [Symbol.asyncDispose]() {
        await images[Symbol.asyncDispose]();
        await gate[Symbol.asyncDispose]();
      },
    };
  }

  it.each(['kill', 'stop'] as const)(
    'tells what happened around a %s of the API server, and that only',
    async (end) => {
      const { apiserver, kubelet } = kubernetes;
      const namespace = `after-${end}`;
      await using watched = await watchedPods(namespace, ['stays', 'goes', 'returns']);
      await apiserver[end]();
      watched.gate.cut();
      await apiserver.start();
      // The server is back, the watch is not.
      await kubelet.run(simplePod(namespace, 'comes'));
      await kubelet.run(simplePod(namespace, 'comes-and-goes'));
      await kubelet.remove({ namespace, name: 'comes-and-goes' });
      await kubelet.remove({ namespace, name: 'goes' });
      await kubelet.remove({ namespace, name: 'returns' });
      await kubelet.run(simplePod(namespace, 'returns', '2'));
      watched.gate.mend();
      const { images } = watched;
      await images.until(
        'all changes',
        () => watched.news().filter((told) => !told.includes('comes-and-')).length >= 4,
      );
      await kubelet.run(simplePod(namespace, 'last'));
      await images.until('a later change', () => watched.news().includes('seen last/main'));
      // What came and went unseen may be told, then as both.
      const unseen = watched.news().filter((told) => told.includes('comes-and-goes'));
      expect([[], ['gone comes-and-goes', 'seen comes-and-goes/main']]).toContainEqual(unseen);
      expect(watched.news().filter((told) => !unseen.includes(told))).toEqual(
        ['gone goes', 'gone returns', 'seen comes/main', 'seen last/main', 'seen returns/main'].sort(),
      );
      expect(images.errors.filter(({ error }) => !['NETWORK', 'GONE', 'SERVER_ERROR'].includes(error.code))).toEqual(
        [],
      );
    },
  );

  it('resumes a cut watch without a new list', async () => {
    const { kubelet } = kubernetes;
    await using watched = await watchedPods('cut', ['stays', 'goes']);
    const { gate, images } = watched;
    for (const round of [1, 2, 3]) {
      gate.cut();
      await kubelet.run(simplePod('cut', `round-${round}`));
      gate.mend();
      await images.until('the pod', () => watched.news().length === round);
    }
    await kubelet.remove({ namespace: 'cut', name: 'goes' });
    await images.until('the pod that went', () => watched.news().length === 4);
    expect(watched.news()).toEqual(['gone goes', ...[1, 2, 3].map((round) => `seen round-${round}/main`)]);
    expect([images.syncs, images.errors.filter(({ relists }) => relists)]).toEqual([1, []]);
  });

  it('lists anew where etcd has forgotten the version, and tells the difference', async () => {
    const { apiserver, cluster, etcd, kubelet } = kubernetes;
    const namespace = 'compacted';
    await using watched = await watchedPods(namespace, ['stays', 'goes', 'returns']);
    const { gate, images } = watched;
    gate.cut();
    await kubelet.remove({ namespace, name: 'goes' });
    await kubelet.remove({ namespace, name: 'returns' });
    await kubelet.run(simplePod(namespace, 'returns'));
    await kubelet.run(simplePod(namespace, 'comes'));
    await cluster.annotateNamespace(namespace, { latest: 'change' });
    await etcd.compact();
    // A server that has watched all along remembers by itself; a new one does not.
    if (watchCache) await apiserver.restart();
    gate.mend();
    await images.until('a new list', () => images.syncs === 2);
    expect(watched.news()).toEqual(['gone goes', 'gone returns', 'seen comes/main', 'seen returns/main']);
    const gone = images.errors.filter(({ error }) => error.code === 'GONE');
    expect(gone.find(({ path }) => path === '/api/v1/pods')).toMatchObject({ phase: 'watch', relists: true });
    expect(images.errors.filter(({ relists }) => relists)).toEqual(gone);
  });
});
