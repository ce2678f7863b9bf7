import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFalconCloud, type FalconCloudDouble } from '@falcon-iar/falcon-api/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AgentImage, agentImage } from '../support/agent-image.ts';
import { type ContainerEngine, containerdEngine, dockerEngine } from '../support/container-engine.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { ApiClient, ApiStatusError } from '../support/kubernetes/api-client.ts';
import { canRunKubernetes } from '../support/kubernetes/can-run-kubernetes.ts';
import { socketValues, watcherValues } from '../support/kubernetes/chart-values.ts';
import { type Fleet, startFleet } from '../support/kubernetes/fleet.ts';
import {
  deliveredDigests,
  expectEachBaseOnce,
  expectFailuresOnce,
  expectPods,
  failuresIn,
  fleetCluster,
} from '../support/kubernetes/fleet-deliveries.ts';
import { type InstalledChart, installChart } from '../support/kubernetes/install-chart.ts';
import { type NodePod, nodePod, type RunningContainer } from '../support/kubernetes/node-pod.ts';
import { type Kubernetes, startKubernetes } from '../support/kubernetes/start-kubernetes.ts';
import { freePort } from '../support/loopback-port.ts';
import { canRun } from '../support/required-tools.ts';
import type { LogLine } from '../support/running-agent.ts';

const tools = ['dockerd', 'docker', 'containerd', 'ctr', 'runc', 'mmdebstrap', 'dpkg-query', 'findmnt'] as const;
const runnable =
  canRun("the agent's container", [...tools, 'docker-registry', 'skopeo'], { root: true }) &&
  canRunKubernetes("the agent's container");

const patience = 240_000;
const node = 'node-amd64';
/** What values that add a volume have to repeat. */
const tmp = {
  volumes: [{ name: 'tmp-volume', emptyDir: { sizeLimit: '20Gi' } }],
  volumeMounts: [{ name: 'tmp-volume', mountPath: '/tmp' }],
};

describe.runIf(runnable)("the agent's container, as the chart has it", () => {
  let scratch: string;
  let image: AgentImage;
  let fleet: Fleet;
  let kubernetes: Kubernetes;
  /** Where the agent's container runs. */
  let dockerd: Dockerd;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'iar-ac-'));
    image = await agentImage();
    fleet = await startFleet();
    kubernetes = await startKubernetes();
    dockerd = await startDockerd();
    await dockerd.docker('load', '--quiet', '--input', image.dockerArchive);
  });

  afterAll(async () => {
    await dockerd?.[Symbol.asyncDispose]();
    await kubernetes?.close();
    await fleet?.[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
  });

  /** Values with the image, the cloud's double, and an HTTP port that only this machine sees. */
  const valuesFor = async (cloud: FalconCloudDouble, base: typeof watcherValues | typeof socketValues) => ({
    ...base,
    image: { repository: image.reference.split(':')[0], tag: image.reference.split(':')[1] },
    crowdstrikeConfig: {
      ...base.crowdstrikeConfig,
      ...{ clientID: cloud.clientId, clientSecret: cloud.clientSecret, agentRegion: 'us-1', clusterName: fleetCluster },
    },
    iar: {
      ...{ httpPort: await freePort(), falconApiUrl: cloud.apiUrl, falconUploadUrl: cloud.uploadUrl },
      extraEnv: [{ name: 'IAR_HTTP_HOST', value: '127.0.0.1' }],
    },
  });

  const podOf = async (chart: InstalledChart): Promise<NodePod> => {
    const directory = join(scratch, chart.namespace);
    await mkdir(directory);
    return await nodePod(chart, { dockerd, apiserver: kubernetes.apiserver, node, directory });
  };
  const synced = (agent: RunningContainer) =>
    agent.logged(({ msg }) => msg === 'everything that runs is known', patience);
  const ready = async (agent: RunningContainer, isReady: boolean): Promise<void> => {
    await vi.waitUntil(async () => (await agent.probe('readiness')) === isReady, { timeout: patience, interval: 50 });
  };
  const tellMemory = async (what: string, agent: RunningContainer): Promise<void> => {
    const peak = await agent.peakMemory();
    process.stdout.write(`the agent's container, ${what}: ${(peak / 1e6).toFixed(0)} MB at most\n`);
  };

  describe('in watcher mode', { timeout: 2 * patience }, () => {
    let cloud: FalconCloudDouble;
    let chart: InstalledChart;
    let pod: NodePod;
    /** The log of all its containers. */
    const lines: LogLine[] = [];

    beforeAll(async () => {
      cloud = await createFalconCloud();
      const { namespaces, registries, images } = fleet.exclusions;
      chart = await installChart(kubernetes, {
        ...(await valuesFor(cloud, watcherValues)),
        exclusions: { namespace: namespaces, registry: registries, imageName: images },
        watcher: { listPageSize: 7 },
      });
      await fleet.deploy(kubernetes);
      pod = await podOf(chart);
    });

    afterAll(async () => {
      await cloud?.close();
    });

    it('is ready when it knows what runs, and finishes what it has begun when it is stopped', async () => {
      await using agent = pod.start();
      await synced(agent);
      await ready(agent, true);
      // The first image has a layer that takes a while.
      const isAtWork = async () => /^iar_analyses_running 1$/m.test((await agent.get('/metrics')).body);
      await vi.waitUntil(isAtWork, { timeout: patience, interval: 20 });
      expect(await agent.stop()).toBe(143);
      lines.push(...agent.lines);
      const stopping = agent.lines.findIndex(({ msg }) => msg.startsWith('agent stops'));
      expect(Number(agent.lines[stopping]?.running)).toBeGreaterThan(0);
      const settled = agent.lines.slice(stopping).filter(({ msg }) => msg === 'image analysed');
      expect(settled.length + failuresIn(agent.lines.slice(stopping)).length).toBe(agent.lines[stopping]?.running);
      expect(agent.lines.at(-1)?.msg).toBe('agent stopped');
      expect(deliveredDigests(cloud)).toEqual(analysed(agent.lines));
      expect(deliveredDigests(cloud).length).toBeLessThan(fleet.expected.length);
      expect(agent.strays).toEqual([]);
    });

    it('goes on in a new container, and delivers each image once', async () => {
      await using agent = pod.start();
      await agent.until(() => deliveredDigests(cloud).length >= fleet.expected.length, patience);
      await agent.until(() => failuresIn([...lines, ...agent.lines]).length >= 2, patience);
      await tellMemory('watcher mode', agent);
      expect(await agent.probe('readiness')).toBe(true);
      expect(await agent.probe('liveness')).toBe(true);
      expect(await agent.stop()).toBe(143);
      lines.push(...agent.lines);
      expect(deliveredDigests(cloud)).toEqual([...fleet.expected].sort());
      expect(analysed(lines)).toEqual([...fleet.expected].sort());
      expectFailuresOnce(fleet, lines);
      expectPods(fleet, cloud);
      expectEachBaseOnce(fleet);
      expect(agent.strays).toEqual([]);
      expect(await readdir(pod.volume('tmp-volume'))).toEqual([]);
    });

    it('goes on with the token that takes the place of one that is no longer good', async () => {
      const { apiserver, cluster, kubelet } = kubernetes;
      const renew = async (name: string): Promise<string> => {
        const { metadata } = await cluster.createSecret(chart.namespace, name, 'Opaque', {});
        const binding = { kind: 'Secret', name, uid: metadata.uid } as const;
        const token = await cluster.serviceAccountToken(chart.namespace, chart.serviceAccount, binding);
        await pod.serviceAccount.renew(token);
        return token;
      };
      const first = await renew('first');
      await using agent = pod.start();
      await synced(agent);
      await renew('second');
      await cluster.deleteSecret(chart.namespace, 'first');
      const old = new ApiClient({ url: apiserver.url, ca: apiserver.ca, token: first });
      // The server remembers for some seconds that a token was good.
      await vi.waitUntil(() => old.get('/api/v1/pods').then(() => false, isUnauthorized), { timeout: patience });
      old.close();
      // Every watch has to be asked for again, which the first token does not allow.
      await apiserver.restart(() => ready(agent, false));
      await kubelet.run({ namespace: 'tools', node, name: 'late', containers: [fleet.container('left-out-5')] });
      const digest = fleet.images.get('left-out-5')!.manifestDigest;
      await agent.until(() => deliveredDigests(cloud).includes(digest), patience);
      await ready(agent, true);
      expect(agent.lines.filter(({ err }) => JSON.stringify(err ?? '').includes('UNAUTHORIZED'))).toEqual([]);
      expect(analysed(agent.lines)).toEqual([digest]);
      expect(await agent.stop()).toBe(143);
    });
  });

  describe.each([
    { kind: 'docker', start: dockerEngine },
    { kind: 'containerd', start: containerdEngine },
  ] as const)('in socket mode with $kind', { timeout: 2 * patience }, ({ kind, start }) => {
    let cloud: FalconCloudDouble;
    let installed = 0;

    beforeAll(async () => {
      cloud = await createFalconCloud();
    });

    afterAll(async () => {
      await cloud?.close();
    });

    const identityOf = (name: 'web-1' | 'web-2'): string => {
      const { configDigest, manifestDigest } = fleet.images.get(name)!;
      // Docker keeps no manifests.
      return kind === 'docker' ? configDigest : manifestDigest;
    };
    const nameOf = (name: 'web-1' | 'web-2'): string => `${fleet.registry.host}/team/${name}:1`;
    const startWith = async (...names: ('web-1' | 'web-2')[]): Promise<ContainerEngine> => {
      const engine = await start();
      for (const name of names) await engine.pull(nameOf(name));
      return engine;
    };

    const install = async (socketPath: string, more: object = {}): Promise<NodePod> => {
      const values = await valuesFor(cloud, socketValues);
      const runtime = { agentRuntime: kind, agentRuntimeSocket: socketPath };
      const crowdstrikeConfig = { ...values.crowdstrikeConfig, ...runtime };
      installed += 1;
      const release = `${kind}-${installed}`;
      return await podOf(
        await installChart(kubernetes, { ...values, ...more, crowdstrikeConfig }, { namespace: release, release }),
      );
    };

    it('reads images from the runtime, and asks to be restarted when its socket stays away', async () => {
      await using engine = await startWith('web-1', 'web-2');
      await engine.run('first', nameOf('web-1'));
      const requests = fleet.registry.requests.length;
      const pod = await install(engine.socketPath);
      await using agent = pod.start();
      await agent.until(() => deliveredDigests(cloud).length > 0, patience);
      expect(deliveredDigests(cloud)).toEqual([identityOf('web-1')]);
      const { metadata } = await kubernetes.apiserver.admin.get('/api/v1/namespaces/kube-system');
      expect(cloud.inventories[0]).toMatchObject({
        ...{ cluster_id: metadata.uid, cluster_name: fleetCluster, host_name: node },
        ...{ runmode: 'socket', runtime_type: kind },
      });
      expect(fleet.registry.requests).toHaveLength(requests);
      await ready(agent, true);
      await tellMemory(`socket mode with ${kind}`, agent);

      // The mount is the old socket, where nobody listens any more.
      await engine.restart(() => ready(agent, false));
      expect(await agent.probe('liveness')).toBe(true);
      await engine.run('second', nameOf('web-2'));
      // It takes two minutes, and does not depend on the runtime.
      if (kind === 'docker') {
        await vi.waitUntil(async () => !(await agent.probe('liveness')), { timeout: patience, interval: 500 });
      }
      expect(await agent.probe('readiness')).toBe(false);
      expect(deliveredDigests(cloud)).toHaveLength(1);
      expect(await agent.stop()).toBe(143);
      await using restarted = pod.start();
      await restarted.until(() => deliveredDigests(cloud).length > 1, patience);
      expect(analysed(restarted.lines)).toEqual([identityOf('web-2')]);
      await ready(restarted, true);
      expect(await restarted.stop()).toBe(143);
      expect([...agent.strays, ...restarted.strays]).toEqual([]);
    });

    it('finds the new socket by itself where the directory of the socket is mounted', async () => {
      await using engine = await startWith('web-2');
      const pod = await install(engine.socketPath, {
        volumes: [
          ...tmp.volumes,
          { name: 'runtime', hostPath: { path: dirname(engine.socketPath), type: 'Directory' } },
        ],
        volumeMounts: [...tmp.volumeMounts, { name: 'runtime', mountPath: dirname(engine.socketPath), readOnly: true }],
      });
      await using agent = pod.start();
      await ready(agent, true);
      await engine.restart(() => ready(agent, false));
      await ready(agent, true);
      await engine.run('third', nameOf('web-2'));
      await agent.logged(({ msg, digest }) => msg === 'report delivered' && digest === identityOf('web-2'), patience);
      expect(await agent.probe('liveness')).toBe(true);
      expect(await agent.stop()).toBe(143);
    });
  });
});

/** Identities of the images that a log tells of, sorted. */
function analysed(lines: readonly LogLine[]): string[] {
  return lines
    .filter(({ msg }) => msg === 'image analysed')
    .map(({ digest }) => String(digest))
    .sort();
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiStatusError && error.status === 401;
}
