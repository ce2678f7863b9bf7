import { type ClusterTransport, createClusterTransport } from '@falcon-iar/k8s-watcher';
import { type ApiServer, createApiServer } from '@falcon-iar/k8s-watcher/testing';
import { anonymousKeychain, hostPlatform, RegistryClient } from '@falcon-iar/oci-registry';
import { createRegistry, type TestRegistry } from '@falcon-iar/oci-registry/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type MemoryLogger, memoryLogger } from '../observe/memory-logger.test-support.ts';
import { putCluster, putPod, putPullSecret } from './cluster.test-support.ts';
import { type ClusterWorkloadsOptions, clusterWorkloads } from './cluster-workloads.ts';
import { type DiscoveredSecrets, discoverSecrets } from './discovered-secrets.ts';
import { createPullCredentials, type PullCredentialsOptions } from './pull-credentials.ts';
import type { ImageSighting, Workloads } from './workloads.ts';

const { signal } = new AbortController();
const until = (check: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(check()).toBe(true), { timeout: 5000, interval: 5 });
let server: ApiServer;
let registry: TestRegistry;
let client: RegistryClient;
let transport: ClusterTransport;
let logger: MemoryLogger;
let ends: (() => Promise<unknown>)[];

beforeEach(async () => {
  server = await createApiServer();
  registry = await createRegistry({ auth: { type: 'bearer', username: 'puller', password: 'secret' } });
  client = new RegistryClient();
  transport = createClusterTransport({ baseUrl: server.url });
  logger = memoryLogger();
  ends = [];
  putCluster(server);
});
afterEach(async () => {
  for (const end of ends) await end();
  await transport.close();
  await client.close();
  await registry.close();
  await server.close();
});

function optionsOf(part: Partial<ClusterWorkloadsOptions & PullCredentialsOptions> = {}): ClusterWorkloadsOptions {
  const { named = [], discovered, ...rest } = part;
  const credentials = createPullCredentials({ transport, named, discovered, own: anonymousKeychain(), logger });
  return { transport, registry: client, credentials, exclude: {}, pageSize: 500, logger, signal, ...rest };
}

/** Collects what is told, until the test ends. */
async function follow(options = optionsOf()) {
  const workloads = await clusterWorkloads(options);
  const controller = new AbortController();
  const seen: ImageSighting[] = [];
  const told: string[] = [];
  const ended = (async () => {
    const watching = {
      signal: controller.signal,
      onInterrupted: ({ message }: Error) => void told.push(`interrupted ${message}`),
      onResumed: () => void told.push('resumed'),
    };
    for await (const event of workloads.watch(watching)) {
      if (event.type === 'seen') seen.push(event.sighting);
      told.push(event.type);
    }
  })().catch((error: unknown) => error);
  const end = async (): Promise<unknown> => {
    controller.abort('SIGTERM');
    const reason = await ended;
    await workloads[Symbol.asyncDispose]();
    return reason;
  };
  ends.push(end);
  return { workloads, seen, told, end };
}

async function firstSeen(options = optionsOf()): Promise<ImageSighting> {
  const { seen } = await follow(options);
  await until(() => seen.length > 0);
  return seen[0]!;
}

describe('clusterWorkloads', () => {
  it('tells the containers of pods with where they run, then that all are known', async () => {
    const image = await registry.push('shop/app', '1');
    putPod(server, { name: 'app-1', image });
    const { seen, told, workloads, end } = await follow();
    await until(() => told.includes('synced'));
    expect(workloads.clusterId).toBe('the-cluster');
    expect(seen).toMatchObject([
      {
        ...{ isPinned: true, reference: image.reference },
        context: {
          ...{ namespace: 'shop', podName: 'app-1', podUid: 'uid-of-app-1', containerName: 'app' },
          ...{ containerId: 'id-of-app-1', nodeName: 'node-1', owner: { kind: 'ReplicaSet', name: 'app-5d9' } },
        },
      },
    ]);
    putPod(server, { name: 'app-2', image });
    await until(() => seen.length === 2);
    expect(seen[1]!.key).toBe(seen[0]!.key);
    expect(await end()).toBe('SIGTERM');
  });

  it('tells the image of a node of another platform as another one', async () => {
    const image = await registry.push('shop/app', '1', {
      images: [{}, { platform: { os: 'linux', architecture: 'arm64' } }],
    });
    putPullSecret(server, 'login', { host: registry.host });
    server.put('nodes', {
      metadata: { name: 'arm' },
      status: { nodeInfo: { operatingSystem: 'linux', architecture: 'arm64' } },
    });
    for (const node of ['node-1', 'arm']) putPod(server, { name: `on-${node}`, image, node, pullSecrets: ['login'] });
    const { seen } = await follow();
    await until(() => seen.length === 2);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(2);
    const opened = await Promise.all(seen.map((sighting) => sighting.open({ signal })));
    const platforms = opened.map((one) => one.image.platform.architecture);
    expect(platforms.toSorted()).toEqual(['amd64', 'arm64']);
    expect(server.requests.filter(({ resource }) => resource === 'nodes')).toHaveLength(2);
  });

  it('takes its own platform for a node that it may not ask for, and says so once', async () => {
    const image = await registry.push('shop/app', '1');
    server.deny('get', 'nodes');
    for (const name of ['a', 'b', 'c']) putPod(server, { name, image });
    const { seen, told } = await follow();
    await until(() => told.includes('synced'));
    expect(seen[0]!.key).toContain(hostPlatform().architecture);
    expect(server.requests.filter(({ resource }) => resource === 'nodes')).toHaveLength(1);
    expect(logger.messages('warn')).toEqual(['the platform of a node is not known; that of the agent is taken']);
  });

  it('asks for a node again that could not be told just then', async () => {
    const image = await registry.push('shop/app', '1');
    server.fail({ resource: 'nodes', effect: 500 });
    for (const name of ['a', 'b', 'c']) putPod(server, { name, image });
    const { told } = await follow();
    await until(() => told.includes('synced'));
    expect(server.requests.filter(({ resource }) => resource === 'nodes')).toHaveLength(2);
    expect(logger.messages('warn')).toHaveLength(1);
  });

  it('leaves out what is excluded', async () => {
    const image = await registry.push('shop/app', '1');
    putPod(server, { name: 'app-1', image });
    putPod(server, { name: 'dns', namespace: 'kube-system', image });
    const { seen, told } = await follow(optionsOf({ exclude: { namespaces: ['kube-system'] } }));
    await until(() => told.includes('synced'));
    expect(seen.map(({ context }) => context.podName)).toEqual(['app-1']);
  });

  it('tells at once that the watch broke, and that it goes on', async () => {
    const { told } = await follow();
    await until(() => told.includes('synced') && server.watches === 2);
    server.fail({ verb: 'watch', resource: 'pods', effect: 503 });
    server.cutWatches();
    await until(() => told.includes('resumed'));
    const about = told.slice(told.indexOf('synced') + 1);
    expect(about.at(-1)).toBe('resumed');
    expect(about.slice(0, -1).every((what) => what.startsWith('interrupted'))).toBe(true);
    expect(about.length).toBeGreaterThanOrEqual(2);
    // Once for each collection, however often it fails.
    expect(logger.messages('warn').filter((message) => message.includes('does not tell'))).toHaveLength(2);
  });

  it('is not interrupted where it may not read namespaces', async () => {
    server.deny('list', 'namespaces');
    const image = await registry.push('shop/app', '1');
    putPod(server, { name: 'app-1', image });
    const { told } = await follow();
    await until(() => told.includes('synced'));
    expect(told).toEqual(['seen', 'synced']);
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { path: '/api/v1/namespaces' } }]);
  });
});

describe('clusterWorkloads that wait for the API server', () => {
  it('ask again until it says which cluster it is', async () => {
    server.fail({ verb: 'get', resource: 'namespaces', effect: 503 });
    const { workloads } = await follow();
    expect(workloads.clusterId).toBe('the-cluster');
    expect(logger.messages('error')).toEqual(['the API server does not tell which cluster this is']);
  });

  it('end with the reason of the signal', async () => {
    server.deny('get', 'namespaces');
    const controller = new AbortController();
    const waiting: Promise<Workloads> = clusterWorkloads(optionsOf({ signal: controller.signal }));
    await until(() => logger.messages('error').length > 0);
    controller.abort('SIGTERM');
    await expect(waiting).rejects.toBe('SIGTERM');
  });

  it('do not wait with a transport that is closed', async () => {
    await transport.close();
    const waiting = clusterWorkloads(optionsOf({ signal: AbortSignal.timeout(3000) }));
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('the images of pods', () => {
  const discovering = (): DiscoveredSecrets => {
    const discovered = discoverSecrets(transport, logger);
    ends.push(() => discovered.close());
    return discovered;
  };

  it('are opened with the pull secret of the pod', async () => {
    const image = await registry.push('shop/app', '1');
    putPullSecret(server, 'of-pod', { host: registry.host });
    putPod(server, { name: 'app-1', image, pullSecrets: ['of-pod'] });
    const opened = await (await firstSeen()).open({ signal });
    expect(opened).toMatchObject({ from: 'registry', image: { digest: image.digest } });
  });

  it('are opened with the pull secret of the service account', async () => {
    const image = await registry.push('shop/app', '1');
    putPullSecret(server, 'of-account', { host: registry.host });
    server.put('serviceaccounts', {
      metadata: { name: 'robot', namespace: 'shop' },
      imagePullSecrets: [{ name: 'of-account' }],
    });
    putPod(server, { name: 'app-1', image, serviceAccount: 'robot' });
    expect((await (await firstSeen()).open({ signal })).image.digest).toBe(image.digest);
  });

  it('are opened with a named secret, after those of the pod were refused', async () => {
    const image = await registry.push('shop/app', '1');
    putPullSecret(server, 'outdated', { host: registry.host, password: 'old' });
    putPullSecret(server, 'shared', { host: registry.host, namespace: 'falcon' });
    putPod(server, { name: 'app-1', image, pullSecrets: ['outdated', 'missing'] });
    const sighting = await firstSeen(optionsOf({ named: [{ namespace: 'falcon', name: 'shared' }] }));
    expect((await sighting.open({ signal })).image.digest).toBe(image.digest);
    await sighting.open({ signal });
    // The one that is not there is told once, however many pods name it; so is the service account.
    expect(logger.lines.map(({ fields }) => fields.secret as string)).toEqual([
      ...['shop/serviceaccount/default', 'shop/secret/missing'],
    ]);
  });

  it('are opened with a secret of any namespace that comes later, where the agent looks for them', async () => {
    const image = await registry.push('shop/app', '1');
    putPod(server, { name: 'app-1', image });
    const discovered = discovering();
    const sighting = await firstSeen(optionsOf({ discovered }));
    await expect(sighting.open({ signal })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    putPullSecret(server, 'late', { host: registry.host, namespace: 'elsewhere' });
    await until(() => server.watches > 2);
    await vi.waitFor(async () => expect((await sighting.open({ signal })).image.digest).toBe(image.digest), {
      timeout: 5000,
    });
    server.delete('secrets', { name: 'late', namespace: 'elsewhere' });
    await vi.waitFor(async () => expect(await discovered.secrets(signal)).toEqual([]), { timeout: 5000 });
  });

  it('tell what a malformed secret is, without a word of it', async () => {
    const image = await registry.push('shop/app', '1');
    server.put('secrets', {
      metadata: { name: 'bad', namespace: 'shop' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': btoa('{"auths": hunter2') },
    });
    putPod(server, { name: 'app-1', image, pullSecrets: ['bad'] });
    await expect((await firstSeen()).open({ signal })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const told = logger.lines.filter(({ fields }) => (fields.err as { code: string }).code === 'CREDENTIALS_INVALID');
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain('shop/bad');
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  it('are not opened without their secrets when the API server is away', async () => {
    const image = await registry.push('shop/app', '1');
    putPod(server, { name: 'app-1', image });
    const sighting = await firstSeen();
    server.fail({ verb: 'get', resource: 'serviceaccounts', effect: 503 });
    await expect(sighting.open({ signal })).rejects.toMatchObject({ code: 'SERVER_ERROR', retryable: true });
  });
});
