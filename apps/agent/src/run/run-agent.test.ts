import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFalconCloud, type FalconCloudDouble } from '@falcon-iar/falcon-api/testing';
import { type ApiServer, createApiServer } from '@falcon-iar/k8s-watcher/testing';
import { createRegistry, type PushedImage, type TestRegistry } from '@falcon-iar/oci-registry/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSettings } from '../config/read-settings.ts';
import { layerWith } from '../inventory/scannable-image.test-support.ts';
import { type MemoryLogger, memoryLogger } from '../observe/memory-logger.test-support.ts';
import { testMetrics } from '../observe/metrics.test-support.ts';
import { putCluster, putPod, putPullSecret } from '../workload/cluster.test-support.ts';
import { runAgent } from './run-agent.ts';

let directory: string;
let server: ApiServer;
let registry: TestRegistry;
let cloud: FalconCloudDouble;
let env: Record<string, string>;
let images: PushedImage[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'iar-run-'));
  server = await createApiServer();
  registry = await createRegistry({ auth: { type: 'bearer', username: 'puller', password: 'secret' } });
  cloud = await createFalconCloud();
  env = {
    ...{ AGENT_RUNMODE: 'watcher', KUBECONFIG: join(directory, 'kubeconfig'), IAR_STATE_DIR: join(directory, 'state') },
    ...{ AGENT_CLIENT_ID: cloud.clientId, AGENT_CLIENT_SECRET: cloud.clientSecret, AGENT_CLUSTER_NAME: 'shop-1' },
    ...{ IAR_FALCON_API_URL: cloud.apiUrl, IAR_FALCON_UPLOAD_URL: cloud.uploadUrl, AGENT_REGION: 'us-1' },
    ...{ IAR_SINK: `falcon,file:${join(directory, 'reports')}`, IAR_DRAIN_SECONDS: '10', IAR_HTTP_HOST: '127.0.0.1' },
    ...{ IAR_HTTP_PORT: `${await freePort()}`, DOCKER_CONFIG: directory, SECRETS_AUTODISCOVER_ENABLED: 'true' },
  };
  await writeFile(env.KUBECONFIG!, kubeconfigOf(server.url));
  putCluster(server);
  putPullSecret(server, 'login', { host: registry.host });
  images = [
    await registry.push('shop/app', '1', { layers: [layerWith('etc/base'), layerWith('etc/app')] }),
    await registry.push('shop/web', '1', { layers: [layerWith('etc/base'), layerWith('etc/web')] }),
  ];
});
afterEach(async () => {
  await Promise.all([server.close(), registry.close(), cloud.close()]);
  await rm(directory, { recursive: true });
});

function kubeconfigOf(url: string): string {
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    clusters: [{ name: 'test', cluster: { server: url } }],
    users: [{ name: 'test', user: { token: 'secret' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

interface RunningAgent {
  readonly logger: MemoryLogger;
  /** Sends it a signal. @returns what it ends with, `undefined` where it returns */
  stop(): Promise<unknown>;
  readonly ended: Promise<unknown>;
}

function start(): RunningAgent {
  const { settings } = readSettings({ flags: {}, env, readFile: () => '' });
  const controller = new AbortController();
  const logger = memoryLogger();
  const metrics = testMetrics();
  const ended = runAgent(settings, {
    ...{ environment: {}, metrics, logger, redact: (text) => text, signal: controller.signal },
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const stop = (): Promise<unknown> => {
    controller.abort('SIGTERM');
    return ended;
  };
  return { logger, ended, stop };
}

const until = (check: () => unknown): Promise<void> =>
  vi.waitFor(async () => expect(await check()).toBe(true), { timeout: 20_000, interval: 20 });
const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${env.IAR_HTTP_PORT}${path}`);
const reported = async (): Promise<string[]> => readdir(join(directory, 'reports')).catch(() => []);
const digests = (): string[] => cloud.inventories.map(({ inventory }) => inventory.ImageInfo.Digest).toSorted();
const noneOpen = (): boolean =>
  server.connections === 0 && cloud.connections.api === 0 && cloud.connections.upload === 0;

describe('runAgent', () => {
  it('delivers an inventory of every image that runs, each once, to all sinks; and ends without a trace', async () => {
    for (const [index, image] of [images[0]!, images[1]!, images[0]!].entries())
      putPod(server, { name: `pod-${index}`, image });
    const agent = start();
    await until(async () => cloud.inventories.length === 2 && (await reported()).length === 2);
    expect(digests()).toEqual(images.map(({ digest }) => digest).toSorted());
    expect(cloud.inventories[0]).toMatchObject({
      cluster_id: 'the-cluster',
      cluster_name: 'shop-1',
      runmode: 'watcher',
    });
    await until(async () => (await ask('/readyz')).ok);
    // The layer that both images have is read once.
    const metrics = await (await ask('/metrics')).text();
    expect(metrics).toMatch(/^iar_layers_total\{from="registry"\} 3$/m);
    expect(metrics).toMatch(/^iar_watch_synced 1$/m);
    expect(metrics).toMatch(/^iar_outbox_length\{sink="falcon"\} 0$/m);

    const later = await registry.push('shop/later', '1', { layers: [layerWith('etc/later')] });
    putPod(server, { name: 'later', image: later });
    await until(() => cloud.inventories.length === 3);
    expect(await agent.stop()).toBeUndefined();
    expect(agent.logger.messages('error')).toEqual([]);
    expect(agent.logger.messages('info').at(-1)).toBe('agent stopped');
    await until(noneOpen);
    await expect(ask('/healthz')).rejects.toThrow();
  });

  it('asks for nothing again at the next start, and tells only where else images run', async () => {
    putPod(server, { name: 'pod-0', image: images[0]! });
    const first = start();
    await until(async () => cloud.inventories.length === 1 && (await reported()).length === 1);
    await first.stop();
    const blobs = registry.requests.length;
    putPod(server, { name: 'pod-1', image: images[0]! });
    const second = start();
    const file = join(directory, 'reports', images[0]!.digest.replace(':', '-'), 'inventory.json');
    await until(async () => (await readFile(file, 'utf8')).includes('pod-1'));
    await second.stop();
    expect([registry.requests.length, cloud.inventories.length]).toEqual([blobs, 1]);
  });

  it('is not ready before it knows what runs, and lives', async () => {
    server.fail({ verb: 'list', resource: 'pods', effect: 'hang' });
    const agent = start();
    await until(() => agent.logger.messages('info').includes('agent started'));
    expect((await ask('/healthz')).ok).toBe(true);
    expect((await ask('/readyz')).status).toBe(503);
    expect(await agent.stop()).toBeUndefined();
  });

  it('ends at a signal while it waits for the API server, and leaves nothing open', async () => {
    server.deny('get', 'namespaces');
    const agent = start();
    await until(() => agent.logger.messages('error').length > 0 && server.watches === 2);
    expect((await ask('/readyz')).status).toBe(503);
    expect(await agent.stop()).toBe('SIGTERM');
    // Much sooner than what is only forgotten would be closed.
    await vi.waitFor(() => expect(noneOpen()).toBe(true), { timeout: 1500, interval: 20 });
  });

  it('keeps for the next start what it could not deliver', async () => {
    cloud.faults.apiInventory = { answer: 503 };
    cloud.faults.uploadInventory = { answer: 503 };
    env.IAR_DRAIN_SECONDS = '1';
    putPod(server, { name: 'pod-0', image: images[0]! });
    const first = start();
    await until(async () => (await reported()).length === 1);
    expect(await first.stop()).toBeUndefined();
    expect(cloud.inventories).toEqual([]);
    // Even though nobody runs the image any more.
    server.delete('pods', { name: 'pod-0', namespace: 'shop' });
    delete cloud.faults.apiInventory;
    delete cloud.faults.uploadInventory;
    const second = start();
    await until(() => cloud.inventories.length === 1);
    await second.stop();
    expect(digests()).toEqual([images[0]!.digest]);
  });

  it('reports an image that fails once, and the others none the less', async () => {
    registry.addFault({ on: 'manifest', reference: images[0]!.digest, fault: { kind: 'status', status: 403 } });
    for (const [index, image] of images.entries()) putPod(server, { name: `pod-${index}`, image });
    const agent = start();
    await until(() => cloud.inventories.length === 1 && agent.logger.messages('error').length === 1);
    expect(digests()).toEqual([images[1]!.digest]);
    expect(agent.logger.lines.find(({ level }) => level === 'error')).toMatchObject({
      message: 'an image could not be analysed',
      fields: { code: 'DENIED', podName: 'pod-0', namespace: 'shop' },
    });
    await agent.stop();
  });

  it('works without a state directory and without HTTP, and with secrets that are named', async () => {
    Object.assign(env, { IAR_HTTP_PORT: 'off', SECRETS_AUTODISCOVER_ENABLED: 'false', IAR_SINK: 'falcon' });
    env.AGENT_REGISTRY_CREDENTIALS = 'shop:login';
    delete env.IAR_STATE_DIR;
    putPod(server, { name: 'pod-0', image: images[0]! });
    const agent = start();
    await until(() => cloud.inventories.length === 1);
    await agent.stop();
    expect(agent.logger.messages('info')).toContain('there is no state directory: a restart begins anew');
    expect(await reported()).toEqual([]);
  });

  it('says at once that an exclusion can never match', async () => {
    env.AGENT_REGISTRY_EXCLUSIONS = 'not a registry';
    await expect(start().ended).resolves.toMatchObject({ name: 'WatcherError', code: 'OPTIONS_INVALID' });
    expect(server.requests).toEqual([]);
  });
});

describe('runAgent in socket mode', () => {
  it.each(['false', 'true'])('ends where the runtime was never there (in Kubernetes: %s)', async (isKubernetes) => {
    const socket = join(directory, 'none.sock');
    Object.assign(env, { AGENT_RUNMODE: 'socket', AGENT_RUNTIME: 'docker', AGENT_RUNTIME_SOCKET: socket });
    Object.assign(env, { IS_KUBERNETES: isKubernetes, IAR_SINK: 'falcon' });
    await expect(start().ended).resolves.toMatchObject({ name: 'RuntimeError', code: 'NOT_FOUND' });
    expect(server.requests.length).toBe(isKubernetes === 'true' ? 1 : 0);
    await until(noneOpen);
  });

  it('keeps what waits when the API server does not say which cluster it is', async () => {
    cloud.faults.apiInventory = { answer: 503 };
    cloud.faults.uploadInventory = { answer: 503 };
    Object.assign(env, { IAR_DRAIN_SECONDS: '1', IAR_SINK: 'falcon' });
    putPod(server, { name: 'pod-0', image: images[0]! });
    const watcher = start();
    await until(() => watcher.logger.messages('info').includes('image analysed'));
    await watcher.stop();
    server.deny('get', 'namespaces');
    const socket = { AGENT_RUNMODE: 'socket', AGENT_RUNTIME: 'docker', IS_KUBERNETES: 'true' };
    Object.assign(env, socket, { AGENT_RUNTIME_SOCKET: join(directory, 'none.sock') });
    const away = start();
    await away.ended;
    expect(away.logger.messages('warn')).toContainEqual(expect.stringContaining('reports go without its id'));
    server.allow('get', 'namespaces');
    delete cloud.faults.apiInventory;
    delete cloud.faults.uploadInventory;
    env.AGENT_RUNMODE = 'watcher';
    server.delete('pods', { name: 'pod-0', namespace: 'shop' });
    const back = start();
    await until(() => cloud.inventories.length === 1);
    await back.stop();
  });
});
