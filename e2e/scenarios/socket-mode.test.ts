import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFalconCloud, type FalconCloudDouble } from '@falcon-iar/falcon-api/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runAgent } from '../support/agent.ts';
import { metricOf } from '../support/agent-metrics.ts';
import {
  type ContainerdEngine,
  type ContainerEngine,
  containerdEngine,
  dockerEngine,
  podmanEngine,
} from '../support/container-engine.ts';
import { deriveImage } from '../support/derived-image.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { type InventoryDocument, sourceIndependent } from '../support/inventory-document.ts';
import { type LayoutImage, layoutImage } from '../support/layout-image.ts';
import { npmPackageLayer } from '../support/npm-package-layer.ts';
import { pushImage } from '../support/pushed-image.ts';
import { realImage } from '../support/real-image.ts';
import { frontOf, type RecordingFront } from '../support/recording-front.ts';
import { containersOf, readReport, reportWith } from '../support/reports.ts';
import { canRun } from '../support/required-tools.ts';
import { type LogLine, type RunningAgent, startAgent } from '../support/running-agent.ts';
import { relayGrpc, relayHttp, type SocketRelay } from '../support/socket-relay.ts';

const common = ['mmdebstrap', 'npm', 'chroot', 'docker-registry', 'skopeo', 'runc', 'findmnt', 'tar'] as const;
const root = { root: true };
const engines = [
  ...(canRun('socket mode with Docker', ['dockerd', 'docker', 'containerd', ...common], root)
    ? [{ kind: 'docker' as const, start: dockerEngine, relayOf: relayHttp, identity: 'config' as const }]
    : []),
  ...(canRun('socket mode with Podman', ['podman', ...common], root)
    ? [{ kind: 'podman' as const, start: podmanEngine, relayOf: relayHttp, identity: 'manifest' as const }]
    : []),
  ...(canRun('socket mode with containerd', ['containerd', 'ctr', ...common], root)
    ? [{ kind: 'containerd' as const, start: containerdEngine, relayOf: relayGrpc, identity: 'manifest' as const }]
    : []),
];

/** An image, its name in the registry, and what `iar scan` finds in it where it lies on disk. */
interface TestImage extends LayoutImage {
  readonly name: string;
  readonly expected: InventoryDocument;
}

const patience = 240_000;
/** Bytes of resident memory; the layers of the image are 288 MB of files. */
const memoryLimit = 350 * 1024 * 1024;
/** Some way into the largest layer, however it is compressed. */
const middle = 20 * 1024 * 1024;
const pod = {
  'io.kubernetes.pod.namespace': 'shop',
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.uid': '6f4f1a52-0000-4000-8000-000000000001',
  'io.kubernetes.container.name': 'web',
};

describe.runIf(engines.length > 0)('socket mode', { timeout: 2 * patience }, () => {
  let scratch: string;
  let registry: DockerRegistry;
  let front: RecordingFront;
  /** Debian, an application, changes to both. */
  let real: TestImage;
  /** The same layers with another config. */
  let twin: TestImage;
  /** The lower two layers, and one with another npm package. */
  let sibling: TestImage;
  const all = (): TestImage[] => [real, twin, sibling];

  const publish = async (image: LayoutImage, repository: string): Promise<TestImage> => {
    const name = `${front.host}/team/${repository}:latest`;
    // Straight to the registry: what the front sees is what others ask of it.
    await pushImage(image.layout, { reference: name.replace(front.host, registry.host) });
    const { code, stdout, stderr } = await runAgent(['scan', '-q', `oci-layout:${image.layout}`, '-o', 'json']);
    expect(code, stderr).toBe(0);
    return { ...image, name, expected: JSON.parse(stdout) as InventoryDocument };
  };

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'iar-sm-'));
    registry = await startDockerRegistry();
    front = await frontOf(registry.host);
    const layout = await (await realImage()).layout('gzip');
    real = await publish(await layoutImage(layout), 'real');
    const run = { Env: ['PATH=/usr/bin:/bin', 'ROLE=twin'], Cmd: ['/bin/true'] };
    twin = await publish(await deriveImage(layout, join(scratch, 'twin'), { run }), 'twin');
    const add = { tar: await npmPackageLayer(scratch, 'left-pad', '1.3.0'), createdBy: 'COPY left-pad' };
    sibling = await publish(await deriveImage(layout, join(scratch, 'sibling'), { keep: 2, add }), 'sibling');
    expect(sibling.expected.packages).toContainEqual(expect.objectContaining({ name: 'left-pad', version: '1.3.0' }));
  });

  afterAll(async () => {
    await front?.[Symbol.asyncDispose]();
    await registry?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  describe.each(engines)('with $kind', ({ kind, start, relayOf, identity }) => {
    let engine: ContainerEngine;
    let relay: SocketRelay;
    let cloud: FalconCloudDouble;
    let reports: string;
    let state: string;
    /** Requests that the registry had before any agent ran. */
    let pulled: number;

    const identityOf = (image: TestImage): string =>
      identity === 'config' ? image.configDigest : image.manifestDigest;
    const started = (socketPath: string, env: NodeJS.ProcessEnv = {}): RunningAgent =>
      startAgent(['-runmode', 'socket'], {
        AGENT_RUNTIME: kind,
        AGENT_RUNTIME_SOCKET: `unix://${socketPath}`,
        IAR_SINK: `falcon,file:${reports}`,
        IAR_STATE_DIR: state,
        IAR_FALCON_API_URL: cloud.apiUrl,
        IAR_FALCON_UPLOAD_URL: cloud.uploadUrl,
        AGENT_CLIENT_ID: cloud.clientId,
        AGENT_CLIENT_SECRET: cloud.clientSecret,
        POD_NODE_NAME: 'node-1',
        ...env,
      });
    /** Waits until an image is with so many sinks. */
    const reported = (agent: RunningAgent, image: TestImage, sinks = 1): Promise<void> => {
      const isReport = ({ msg, digest }: LogLine): boolean =>
        msg === 'report delivered' && digest === identityOf(image);
      return agent.until(() => agent.lines.filter(isReport).length === sinks, patience);
    };
    const synced = (agent: RunningAgent) => agent.logged(({ msg }) => msg === 'everything that runs is known');
    const uploads = (image: TestImage) =>
      cloud.inventories.filter(({ inventory }) => inventory.ImageInfo.Digest === identityOf(image));
    /** Of the content of images; for containerd the layers that were read. */
    const contentRequests = (image: TestImage): string[] =>
      relay.requests.filter((request) =>
        kind === 'containerd'
          ? request.startsWith('/containerd.services.content.v1.Content/Read') &&
            image.layerDigests.some((digest) => request.endsWith(digest))
          : /\/images\/[^/]+\/get/.test(request),
      );
    const layersFrom = (agent: RunningAgent) => metricOf(agent, 'iar_layers_total');

    beforeAll(async () => {
      engine = await start();
      const directory = join(scratch, kind);
      await mkdir(directory);
      [reports, state] = [join(directory, 'reports'), join(directory, 'state')];
      relay = await relayOf(engine.socketPath, join(directory, 's'));
      cloud = await createFalconCloud();
      for (const { name } of all()) await engine.pull(name);
      pulled = front.requests.length;
    });

    afterAll(async () => {
      await relay?.[Symbol.asyncDispose]();
      await cloud?.close();
      await engine?.[Symbol.asyncDispose]();
    });

    it('reads an image anew after a kill and after a restart of the daemon in the middle, and delivers once', async () => {
      await engine.run('first', real.name);
      await using killed = started(relay.socketPath);
      await relay.hold(middle);
      await killed.end('SIGKILL');
      expect(killed.lines.map(({ msg }) => msg)).not.toContain('image analysed');
      relay.release();

      await using agent = started(relay.socketPath);
      await relay.hold(middle);
      await engine.restart();
      relay.release();
      await reported(agent, real, 2);
      expect(uploads(real)).toHaveLength(1);
      const report = await readReport(reports, identityOf(real));
      expect(sourceIndependent(report)).toEqual(sourceIndependent(real.expected));
      expect(report.subject).toMatchObject({ digest: identityOf(real), identity });
      expect(report.context).toMatchObject([{ nodeName: 'node-1', hostName: 'node-1' }]);
      expect(report.context[0]?.containerId).toMatch(kind === 'containerd' ? /^first$/ : /^[0-9a-f]{64}$/);
      expect(containersOf(report)).toEqual(['first']);
      expect(await agent.peakMemory()).toBeLessThan(memoryLimit);
      expect(await agent.end('SIGTERM')).toBe(143);
    });

    it('asks for no content of an image whose layers it knows, and tells the pod by its labels', async () => {
      const before = contentRequests(twin).length;
      expect(before).toBeGreaterThan(0);
      await using agent = started(relay.socketPath);
      await synced(agent);
      await engine.run('second', twin.name, pod);
      await reported(agent, twin, 2);
      const report = await readReport(reports, identityOf(twin));
      expect(sourceIndependent(report)).toEqual(sourceIndependent(twin.expected));
      expect(contentRequests(twin)).toHaveLength(before);
      expect(await layersFrom(agent)).toEqual({ cache: 3, runtime: 0, registry: 0 });
      expect(report.context).toMatchObject([
        { namespace: 'shop', podName: 'web-0', podUid: pod['io.kubernetes.pod.uid'], containerName: 'web' },
      ]);
      expect(uploads(twin)).toMatchObject([
        { pod_namespace: 'shop', pod_name: 'web-0', host_name: 'node-1', runmode: 'socket', runtime_type: kind },
      ]);
      expect(uploads(real)).toHaveLength(1);
      expect(await agent.peakMemory()).toBeLessThan(memoryLimit);
    });

    it('analyses and sends nothing again after a start on the same state; a report only learns where else', async () => {
      await using agent = started(engine.socketPath);
      await synced(agent);
      await engine.run('third', real.name);
      const report = await reportWith(reports, identityOf(real), 'third');
      expect(containersOf(report)).toEqual(['first', 'third']);
      expect(sourceIndependent(report)).toEqual(sourceIndependent(real.expected));
      expect(agent.lines.filter(({ msg }) => /analysed|report delivered/.test(msg))).toEqual([]);
      expect([real, twin].map((image) => uploads(image).length)).toEqual([1, 1]);
    });

    it('is not ready while the daemon is away, says so once, and misses nothing', async () => {
      await using agent = started(engine.socketPath);
      await synced(agent);
      const ready = (status: number) =>
        vi.waitUntil(async () => (await agent.get('/readyz')).status === status, { timeout: patience, interval: 50 });
      await ready(200);
      await engine.restart(async () => {
        await ready(503);
        // Several attempts fail.
        const failures = async () => (await metricOf(agent, 'iar_watch_interruptions_total'))[''] ?? 0;
        await vi.waitUntil(async () => (await failures()) > 2, { timeout: patience, interval: 50 });
      });
      await engine.run('fourth', sibling.name);
      await reported(agent, sibling, 2);
      await ready(200);
      const report = await readReport(reports, identityOf(sibling));
      expect(sourceIndependent(report)).toEqual(sourceIndependent(sibling.expected));
      expect(await layersFrom(agent)).toEqual({ cache: 2, runtime: 1, registry: 0 });
      const told = agent.lines.filter(({ level, msg }) => level !== 'debug' && msg.includes('the runtime'));
      expect(told.map(({ msg }) => msg)).toEqual(['the runtime does not answer', 'the runtime answers again']);
      expect(all().map((image) => uploads(image).length)).toEqual([1, 1, 1]);
    });

    it('tells the image that runs, not the one that its name means by now', async () => {
      const moving = real.name.replace('/real:', '/moving:');
      await engine.tag(sibling.name, moving);
      await engine.run('fifth', moving);
      await engine.tag(real.name, moving);
      await using agent = started(engine.socketPath);
      await synced(agent);
      await engine.run('sixth', moving);
      expect(containersOf(await reportWith(reports, identityOf(sibling), 'fifth'))).not.toContain('sixth');
      expect(containersOf(await reportWith(reports, identityOf(real), 'sixth'))).not.toContain('fifth');
    });

    it('leaves out what the settings exclude, and finds out which runtime it is', async () => {
      const leftOut = real.name.replace('/real:', '/left-out:');
      const elsewhere = 'other.example/team/real:latest';
      for (const name of [leftOut, elsewhere]) await engine.tag(real.name, name);
      const inNamespace = (namespace: string) => ({ 'io.kubernetes.pod.namespace': namespace });
      await engine.run('by-namespace', real.name, inNamespace('kube-system'));
      await engine.run('by-image', leftOut, inNamespace('shop'));
      await engine.run('by-registry', elsewhere, inNamespace('shop'));
      await engine.run('kept', real.name, inNamespace('shop'));
      const directory = join(scratch, kind, 'selected');
      await using agent = started(engine.socketPath, {
        AGENT_RUNTIME: '',
        POD_NODE_NAME: '',
        IAR_SINK: `file:${directory}`,
        AGENT_NAMESPACE_EXCLUSIONS: 'kube-system',
        AGENT_IMAGE_EXCLUSIONS: leftOut,
        AGENT_REGISTRY_EXCLUSIONS: 'other.example',
      });
      await synced(agent);
      await engine.run('last', real.name);
      await reported(agent, real);
      const report = await reportWith(directory, identityOf(real), 'last');
      const names = containersOf(report);
      expect(names).toContain('kept');
      expect(names.filter((name) => name?.startsWith('by-'))).toEqual([]);
      expect(report.context.at(-1)).toMatchObject({ hostName: hostname() });
      expect((await layersFrom(agent)).runtime).toBe(0);
    });

    it('never asked the registry', () => {
      expect(front.requests.slice(pulled)).toEqual([]);
    });

    if (kind !== 'containerd') return;

    it('needs no layer that was thrown away and is known; gets the others', async () => {
      const [, ...discarded] = real.layerDigests;
      for (const digest of discarded) await (engine as ContainerdEngine).discard(digest);
      const known = join(scratch, kind, 'known');
      await using knowing = started(engine.socketPath, { IAR_SINK: `file:${known}` });
      await reported(knowing, real);
      expect((await layersFrom(knowing)).runtime).toBe(0);
      expect(sourceIndependent(await readReport(known, real.manifestDigest))).toEqual(sourceIndependent(real.expected));
      expect(front.requests.slice(pulled)).toEqual([]);
      await knowing.end('SIGTERM');

      const anew = join(scratch, kind, 'anew');
      await using fresh = started(engine.socketPath, { IAR_SINK: `file:${anew}`, IAR_STATE_DIR: '' });
      for (const image of all()) {
        await reported(fresh, image);
        const report = await readReport(anew, image.manifestDigest);
        expect(sourceIndependent(report)).toEqual(sourceIndependent(image.expected));
        expect(report.subject).toMatchObject({ digest: image.manifestDigest, identity });
      }
      const blobs = front.requests.slice(pulled).flatMap((request) => /^GET .*\/blobs\/(.+)$/.exec(request)?.[1] ?? []);
      const configs = all().map(({ configDigest }) => configDigest);
      expect(blobs.filter((digest) => !configs.includes(digest)).sort()).toEqual([...discarded].sort());
    });
  });
});
