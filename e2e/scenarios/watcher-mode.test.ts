import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createFalconCloud, type FalconCloudDouble } from '@falcon-iar/falcon-api/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunKubernetes } from '../support/kubernetes/can-run-kubernetes.ts';
import { watcherValues } from '../support/kubernetes/chart-values.ts';
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
import { type Kubernetes, startKubernetes } from '../support/kubernetes/start-kubernetes.ts';
import { canRun } from '../support/required-tools.ts';
import { type LogLine, type RunningAgent, startAgent } from '../support/running-agent.ts';

const runnable =
  canRun('watcher mode', ['docker-registry', 'skopeo'], { root: true }) && canRunKubernetes('watcher mode');

const kills = 10;

describe.runIf(runnable)('iar run in watcher mode, with the chart in a real API server', () => {
  let scratch: string;
  let kubernetes: Kubernetes;
  let fleet: Fleet;
  let chart: InstalledChart;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-watcher-'));
    fleet = await startFleet();
    kubernetes = await startKubernetes();
    const { namespaces, registries, images } = fleet.exclusions;
    chart = await installChart(kubernetes, {
      ...watcherValues,
      exclusions: { namespace: namespaces, registry: registries, imageName: images },
      watcher: { listPageSize: 7 },
      crowdstrikeConfig: { ...watcherValues.crowdstrikeConfig, clusterName: fleetCluster },
    });
    await fleet.deploy(kubernetes);
  });

  afterAll(async () => {
    await kubernetes?.close();
    await fleet?.[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
  });

  /** The agent with the environment of the chart, against the cloud's double, with folders of its own. */
  const start = (cloud: FalconCloudDouble, folder: string, more: NodeJS.ProcessEnv = {}): RunningAgent =>
    startAgent(['-runmode', 'watcher'], {
      ...chart.environment,
      ...{ IAR_HTTP_PORT: '0', IAR_HTTP_HOST: '127.0.0.1', KUBECONFIG: chart.kubeconfig },
      ...{ IAR_STATE_DIR: join(scratch, folder, 'state'), IAR_SCRATCH_DIR: join(scratch, folder, 'scratch') },
      ...{ IAR_FALCON_API_URL: cloud.apiUrl, IAR_FALCON_UPLOAD_URL: cloud.uploadUrl },
      ...{ AGENT_CLIENT_ID: cloud.clientId, AGENT_CLIENT_SECRET: cloud.clientSecret, AGENT_REGION: 'us-1' },
      ...more,
    });

  const untilDelivered = (agent: RunningAgent, cloud: FalconCloudDouble, more: readonly string[] = []): Promise<void> =>
    agent.until(
      () => [...fleet.expected, ...more].every((digest) => deliveredDigests(cloud).includes(digest)),
      100_000,
    );

  it('delivers each image that runs once, and says once why two cannot be read', async () => {
    await using cloud = await createFalconCloud();
    await using agent = start(cloud, 'once', { AGENT_MAX_CONSUMER_THREADS: '3' });
    await untilDelivered(agent, cloud);
    await agent.until(() => failuresIn(agent.lines).length >= 2);
    expect(deliveredDigests(cloud)).toEqual([...fleet.expected].sort());
    expectFailuresOnce(fleet, agent.lines);
    expectPods(fleet, cloud);
    expectEachBaseOnce(fleet);
    expect((await agent.get('/readyz')).status).toBe(200);
    expect(agent.strays).toEqual([]);
    expect(await agent.end('SIGTERM')).toBe(143);
    expect(await readdir(join(scratch, 'once'))).toEqual(['state']);
  });

  it('misses nothing while the API server is away, also when etcd has forgotten where it was', async () => {
    await using cloud = await createFalconCloud();
    await using agent = start(cloud, 'outage', { AGENT_MAX_CONSUMER_THREADS: '3' });
    await agent.logged(({ msg }) => msg === 'everything that runs is known');
    const late = { namespace: 'tools', node: 'node-amd64' };
    const image = fleet.container('left-out-5');
    await kubernetes.apiserver.kill();
    await agent.until(() => agent.lines.some(({ msg }) => msg === 'the API server does not tell what runs'));
    expect((await agent.get('/readyz')).status).toBe(503);
    expect((await agent.get('/healthz')).status).toBe(200);
    await kubernetes.apiserver.start();
    await kubernetes.kubelet.run({ ...late, name: 'late', containers: [image] });
    await kubernetes.etcd.compact();
    const digest = fleet.images.get('left-out-5')!.manifestDigest;
    await untilDelivered(agent, cloud, [digest]);
    await kubernetes.kubelet.remove({ namespace: 'tools', name: 'late' });
    expect(deliveredDigests(cloud)).toEqual([...fleet.expected, digest].sort());
    await agent.until(() => failuresIn(agent.lines).length >= 2);
    expect(await agent.end('SIGTERM')).toBe(143);
  });

  it('delivers everything although it is killed ten times, and analyses nothing twice', async () => {
    await using cloud = await createFalconCloud();
    const all: LogLine[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      await using agent = start(cloud, 'killed');
      // At another moment each time: so many lines into its log, and some milliseconds later.
      await Promise.race([agent.until(() => agent.lines.length >= kill + 1), setTimeout(5000)]);
      await setTimeout(kill * 7);
      await agent.end('SIGKILL');
      all.push(...agent.lines);
    }
    await using last = start(cloud, 'killed');
    await last.logged(({ msg }) => msg === 'everything that runs is known');
    await untilDelivered(last, cloud);
    expect(await last.end('SIGTERM')).toBe(143);
    all.push(...last.lines);

    expect([...new Set(deliveredDigests(cloud))].sort()).toEqual([...fleet.expected].sort());
    expect(cloud.inventories.length - fleet.expected.length).toBeLessThanOrEqual(kills);
    const analysed = all.filter(({ msg }) => msg === 'image analysed').map(({ digest }) => String(digest));
    expect(analysed.length, `${analysed.sort().join('\n')}`).toBe(new Set(analysed).size);
    // What is sent again after a kill is the same report, not another one.
    const scans = Map.groupBy(cloud.inventories, ({ inventory }) => inventory.ImageInfo.Digest);
    for (const [digest, sent] of scans) {
      const ids = new Set(sent.map(({ scan_request }) => scan_request?.ScanInfo?.ScanUUID));
      expect([...ids], digest).toHaveLength(1);
    }
    expect(last.strays).toEqual([]);
  });
});
