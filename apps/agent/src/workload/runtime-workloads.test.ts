import { compileExclusions, type ImageExclusions } from '@falcon-iar/k8s-watcher';
import { anonymousKeychain, RegistryClient, RegistryError } from '@falcon-iar/oci-registry';
import { createRegistry, type PushedImage, type TestRegistry } from '@falcon-iar/oci-registry/testing';
import { type RunningImage, RuntimeError, type RuntimeErrorCode, type RuntimeEvent } from '@falcon-iar/runtime-socket';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layerWith, type MemoryImage, memoryImage } from '../inventory/scannable-image.test-support.ts';
import { type MemoryLogger, memoryLogger } from '../observe/memory-logger.test-support.ts';
import type { ImageRegistry } from './open-from-registry.ts';
import { type RuntimeParts, runtimeOf } from './runtime.test-support.ts';
import { runtimeWorkloads } from './runtime-workloads.ts';
import type { ImageSighting } from './workloads.ts';

const { signal } = new AbortController();
const layers = [layerWith('etc/a'), layerWith('etc/b')];
let registry: TestRegistry;
let client: RegistryClient;
let pushed: PushedImage;
let local: MemoryImage;
let logger: MemoryLogger;

beforeEach(async () => {
  registry = await createRegistry();
  client = new RegistryClient();
  pushed = await registry.push('shop/app', '1', { layers });
  local = await memoryImage({ layers });
  logger = memoryLogger();
});
afterEach(async () => {
  await client.close();
  await registry.close();
});

const container = (part: Partial<RunningImage> = {}): RunningImage => ({
  ...{ reference: pushed.reference, digest: pushed.digest, identity: 'manifest' },
  ...{ containerId: 'c1', labels: {} },
  ...part,
});
const started = (part: Partial<RunningImage> = {}): RuntimeEvent => ({ type: 'started', container: container(part) });

interface FollowParts extends RuntimeParts {
  readonly exclude?: ImageExclusions;
  readonly from?: ImageRegistry;
}

/** What is told, up to the last event. */
async function follow(parts: FollowParts) {
  const { runtime } = runtimeOf({ resolve: async () => local, ...parts });
  const workloads = runtimeWorkloads({
    ...{ runtime, registry: parts.from ?? client, keychain: anonymousKeychain(), logger },
    exclude: compileExclusions(parts.exclude ?? {}),
    ...{ hostName: 'vm-1', nodeName: undefined, clusterId: '' },
    platform: { os: 'linux', architecture: 'amd64' },
  });
  const controller = new AbortController();
  const seen: ImageSighting[] = [];
  const told: string[] = [];
  const watching = {
    signal: controller.signal,
    onInterrupted: ({ message }: Error) => void told.push(`interrupted ${message}`),
    onResumed: () => void told.push('resumed'),
  };
  setImmediate(() => controller.abort('SIGTERM'));
  try {
    for await (const event of workloads.watch(watching)) {
      told.push(event.type);
      if (event.type === 'seen') seen.push(event.sighting);
    }
  } catch (error) {
    expect(error).toBe('SIGTERM');
  }
  return { seen, told };
}

const sightingIn = async (parts: FollowParts, what: Partial<RunningImage> = {}): Promise<ImageSighting> =>
  (await follow({ ...parts, events: [started(what)] })).seen[0]!;
const fails = (code: RuntimeErrorCode) => async (): Promise<never> => {
  throw new RuntimeError(code, 'socket: no');
};
const blobsAsked = (): string[] =>
  registry.requests
    .filter(({ path }) => path.includes('/blobs/'))
    .map(({ path }) => path.slice(path.indexOf('sha256:')));

/** Reads all layers. */
async function read({ open }: ImageSighting): Promise<{ from: string; sizes: number[] }> {
  const { image, from } = await open({ signal });
  const sizes = await Promise.all(
    image.layers.map(async (layer) => {
      let size = 0;
      if (!('open' in layer)) throw new Error('a layer of a runtime is a blob');
      for await (const chunk of layer.open({ signal })) size += chunk.length;
      return size;
    }),
  );
  return { from, sizes };
}

describe('runtimeWorkloads', () => {
  it('tells the containers that start, with what their labels say, and when all are known', async () => {
    const labels = {
      ...{ 'io.kubernetes.pod.namespace': 'shop', 'io.kubernetes.pod.name': 'app-1', 'io.kubernetes.pod.uid': 'u1' },
      'io.kubernetes.container.name': 'app',
    };
    const { seen, told } = await follow({
      events: [
        started({ labels, containerName: 'k8s_app_app-1' }),
        started({ containerId: 'c2', containerName: 'web' }),
        { type: 'listed' },
        { type: 'stopped', container: container() },
      ],
    });
    expect(told).toEqual(['seen', 'seen', 'synced']);
    expect(seen.map(({ context }) => context)).toEqual([
      {
        ...{ namespace: 'shop', podName: 'app-1', podUid: 'u1', containerName: 'app', containerId: 'c1' },
        hostName: 'vm-1',
      },
      { containerName: 'web', containerId: 'c2', hostName: 'vm-1' },
    ]);
    expect(seen[0]!.key).toBe(seen[1]!.key);
    expect(seen[0]!.isPinned).toBe(true);
  });

  it('tells that the runtime went away, each time, and that it is back; the log has it once', async () => {
    const interrupted: RuntimeEvent = { type: 'interrupted', error: new RuntimeError('UNAVAILABLE', 'x'), retryIn: 1 };
    const { told } = await follow({ events: [{ type: 'listed' }, interrupted, interrupted, { type: 'listed' }] });
    expect(told).toEqual(['synced', 'interrupted [UNAVAILABLE] x', 'interrupted [UNAVAILABLE] x', 'resumed', 'synced']);
    expect(logger.messages('warn')).toEqual(['the runtime does not answer']);
    expect(logger.messages('info')).toEqual(['the runtime answers again']);
  });

  it('leaves out namespaces by label, and images by name', async () => {
    const inNamespace = (namespace: string) => started({ labels: { 'io.kubernetes.pod.namespace': namespace } });
    const { seen } = await follow({
      events: [inNamespace('kube-system'), inNamespace('shop'), started({ reference: 'registry.k8s.io/pause:3.9' })],
      exclude: { namespaces: ['kube-system'], registries: ['registry.k8s.io'] },
    });
    expect(seen.map(({ context }) => context.namespace)).toEqual(['shop']);
  });

  it('closes the runtime with itself', async () => {
    const { runtime, isClosed } = runtimeOf();
    await runtimeWorkloads({
      ...{ runtime, registry: client, keychain: anonymousKeychain(), logger, exclude: compileExclusions({}) },
      ...{ hostName: 'vm-1', nodeName: 'node-1', clusterId: 'c', platform: { os: 'linux', architecture: 'amd64' } },
    })[Symbol.asyncDispose]();
    expect(isClosed()).toBe(true);
  });
});

describe('the image of a container', () => {
  it('is what its runtime has under the digest, without a word to a registry', async () => {
    const { from, sizes } = await read(await sightingIn({}));
    expect([from, sizes]).toEqual(['runtime', local.layers.map(({ size }) => size)]);
    expect(registry.requests).toEqual([]);
  });

  it('is found by its name where the runtime does not look up digests, if the name still means it', async () => {
    const byName = async (reference: string | undefined): Promise<unknown> => {
      if (reference?.startsWith('sha256:')) throw new RuntimeError('IMAGE_UNKNOWN', 'socket: no');
      return local;
    };
    const { from } = await (await sightingIn({ resolve: byName })).open({ signal });
    expect(from).toBe('runtime');
    const other = await memoryImage({ layers: [layerWith('etc/other')] });
    const moved = async (reference: string | undefined): Promise<unknown> =>
      reference?.startsWith('sha256:') ? await fails('IMAGE_UNKNOWN')() : other;
    const opened = await (await sightingIn({ resolve: moved })).open({ signal });
    expect([opened.from, opened.image.digest]).toEqual(['registry', pushed.digest]);
  });

  it('is asked for by name where the runtime has forgotten its digest, and then again each time', async () => {
    const asked: (string | undefined)[] = [];
    const resolve = async (reference: string | undefined): Promise<unknown> => {
      asked.push(reference);
      return local;
    };
    const { seen } = await follow({
      resolve,
      events: [
        { type: 'started', container: { reference: 'app:1', identity: 'unknown', containerId: 'c', labels: {} } },
      ],
    });
    expect(seen[0]!.isPinned).toBe(false);
    expect((await seen[0]!.open({ signal })).image.digest).toBe(local.digest);
    expect(asked).toEqual(['app:1']);
  });

  it.each(['UNSUPPORTED', 'IMAGE_UNKNOWN', 'CONTENT_DISCARDED', 'PLATFORM_MISMATCH'] as const)(
    'comes from its registry where the runtime says %s',
    async (code) => {
      const { from, sizes } = await read(await sightingIn({ resolve: fails(code) }));
      expect([from, sizes]).toEqual(['registry', local.layers.map(({ size }) => size)]);
      expect(logger.messages('debug')).toHaveLength(1);
    },
  );

  it('is found in the registry by the names that only the runtime knows', async () => {
    const what = { reference: local.configDigest, repoDigests: [`${registry.host}/shop/app@${pushed.digest}`] };
    const opened = await (await sightingIn({ kind: 'crio', resolve: fails('UNSUPPORTED') }, what)).open({ signal });
    expect(opened.image.digest).toBe(pushed.digest);
  });

  it('is not read elsewhere when the runtime is only away for a while', async () => {
    const sighting = await sightingIn({ resolve: fails('UNAVAILABLE') });
    await expect(sighting.open({ signal })).rejects.toMatchObject({ name: 'RuntimeError', code: 'UNAVAILABLE' });
    expect(registry.requests).toEqual([]);
  });

  it('fails with what the registry says, and with what the runtime said as its cause', async () => {
    const sighting = await sightingIn({ resolve: fails('UNSUPPORTED') }, { reference: `${registry.host}/gone/app:1` });
    await expect(sighting.open({ signal })).rejects.toMatchObject({
      ...{ name: 'RegistryError', code: 'NAME_UNKNOWN' },
      cause: { name: 'RuntimeError', code: 'UNSUPPORTED' },
    });
  });

  it('fails with the reason of its signal untouched', async () => {
    const reason = new Error('the agent stops');
    const from: ImageRegistry = {
      async resolve() {
        throw reason;
      },
    };
    const sighting = await sightingIn({ resolve: fails('UNSUPPORTED'), from });
    await expect(sighting.open({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(reason.cause).toBeUndefined();
  });
});

describe('a layer that the runtime threw away', () => {
  /** An image without the content of its first layer. */
  const discarded = (after = 0) =>
    memoryImage({ layers }).then((image) => ({
      ...image,
      layers: image.layers.map((layer, index) => ({
        ...layer,
        async *open() {
          for await (const chunk of layer.open()) {
            if (index > 0) yield chunk;
            else {
              if (after > 0) yield chunk.subarray(0, after);
              throw new RuntimeError('CONTENT_DISCARDED', 'socket: it is not there');
            }
          }
        },
      })),
    }));

  it('is the only one that comes from the registry', async () => {
    local = (await discarded()) as MemoryImage;
    const { from, sizes } = await read(await sightingIn({}));
    expect([from, sizes]).toEqual(['runtime', local.layers.map(({ size }) => size)]);
    const [config, ...blobs] = blobsAsked();
    expect([config, blobs]).toEqual([local.configDigest, [local.layers[0]!.digest]]);
  });

  it('is not mixed with what was read of it before', async () => {
    local = (await discarded(10)) as MemoryImage;
    await expect(read(await sightingIn({}))).rejects.toMatchObject({ code: 'CONTENT_DISCARDED' });
    expect(registry.requests).toEqual([]);
  });

  it('fails with what the registry says where that has not got it either', async () => {
    local = (await discarded()) as MemoryImage;
    const from: ImageRegistry = {
      async resolve() {
        throw new RegistryError('DENIED', 'no');
      },
    };
    await expect(read(await sightingIn({ from }))).rejects.toMatchObject({
      ...{ code: 'DENIED', cause: { code: 'CONTENT_DISCARDED' } },
    });
    pushed = await registry.push('shop/other', '1');
    await expect(read(await sightingIn({}))).rejects.toThrow('has no layer');
  });

  it('does not matter to a runtime that exports', async () => {
    const exporting = { ...local, exportLayers: () => [] };
    const docker = await sightingIn({ kind: 'docker', resolve: async () => exporting });
    expect((await docker.open({ signal })).image).toBe(exporting);
    const containerd = await sightingIn({ resolve: async () => exporting });
    expect((await containerd.open({ signal })).image.exportLayers).toBeUndefined();
  });
});
