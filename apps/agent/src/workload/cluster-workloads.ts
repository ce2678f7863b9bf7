import {
  type ClusterTransport,
  clusterId,
  type ImageExclusions,
  type ImageSeen,
  nodePlatform,
  WatcherError,
  watchImages,
} from '@falcon-iar/k8s-watcher';
import { hostPlatform, type Platform } from '@falcon-iar/oci-registry';
import type { Logger } from '../observe/logger.ts';
import { type ImageRegistry, openFromRegistry, type RunningName } from './open-from-registry.ts';
import type { PullCredentials } from './pull-credentials.ts';
import { sightingKey } from './sighting-key.ts';
import type { WorkloadContext } from './workload-context.ts';
import type { ImageSighting, WorkloadEvent, Workloads } from './workloads.ts';

/** What watcher mode is made of. */
export interface ClusterWorkloadsOptions {
  readonly transport: ClusterTransport;
  readonly registry: ImageRegistry;
  readonly credentials: PullCredentials;
  readonly exclude: ImageExclusions;
  /** Pods a page of a list may have. */
  readonly pageSize: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Longest pause between two questions for the id of the cluster, ms. */
const longestWait = 30_000;

/**
 * Watcher mode: the pods of a cluster, their images from registries. Waits until the API server says which cluster it
 * is; that it cannot be reached is logged, not thrown.
 *
 * @throws the signal's reason; WatcherError for what no waiting overcomes
 */
export async function clusterWorkloads(options: ClusterWorkloadsOptions): Promise<Workloads> {
  const { transport, credentials } = options;
  const id = await untilKnown(options);
  const platforms = new NodePlatforms(transport, options.logger);
  return {
    clusterId: id,
    watch: ({ signal }) => watchCluster(options, platforms, signal),
    [Symbol.asyncDispose]: async () => {
      await credentials[Symbol.asyncDispose]();
      await transport.close();
    },
  };
}

async function untilKnown({ transport, logger, signal }: ClusterWorkloadsOptions): Promise<string> {
  for (let wait = 1000; ; wait = Math.min(wait * 2, longestWait)) {
    try {
      return await clusterId(transport, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof WatcherError) || error.code === 'OPTIONS_INVALID') throw error;
      logger.error('the API server does not tell which cluster this is', { err: error, retryInMs: wait });
      await pause(wait, signal);
    }
  }
}

async function* watchCluster(
  options: ClusterWorkloadsOptions,
  platforms: NodePlatforms,
  signal: AbortSignal,
): AsyncGenerator<WorkloadEvent, void, undefined> {
  const { transport, exclude, pageSize } = options;
  const interruptions: WorkloadEvent[] = [];
  const onError = (error: WatcherError, { retryIn, path, phase }: { retryIn: number; path: string; phase: string }) => {
    options.logger.warn(`${phase} of ${path} was interrupted`, { err: error, retryInMs: retryIn });
    interruptions.push({ type: 'interrupted', error, retryIn });
  };
  for await (const event of watchImages(transport, { exclude, pageSize, onError, signal })) {
    yield* interruptions.splice(0);
    if (event.type === 'synced') yield { type: 'synced' };
    if (event.type === 'seen') yield { type: 'seen', sighting: await toSighting(event, options, platforms, signal) };
  }
}

async function toSighting(
  seen: ImageSeen,
  { registry, credentials }: ClusterWorkloadsOptions,
  platforms: NodePlatforms,
  signal: AbortSignal,
): Promise<ImageSighting> {
  const { reference, digest, digestOf, pullReference } = seen;
  const platform = await platforms.of(seen.context.nodeName, signal);
  const running: RunningName = { reference, digest, digestOf, repoDigests: pullReference ? [pullReference] : [] };
  return {
    key: sightingKey(running, platform),
    isPinned: true,
    reference,
    context: toContext(seen),
    open: async (open) => {
      const keychain = await credentials.keychainFor(seen.context, open.signal);
      const image = await openFromRegistry(registry, running, { platform, keychain, signal: open.signal });
      return { image, from: 'registry' };
    },
  };
}

function toContext({ kind, context }: ImageSeen): WorkloadContext {
  const { namespace, podName, podUid, containerName, containerId, nodeName, owner } = context;
  return {
    ...{ namespace, podName, podUid, containerName },
    ...(containerId !== undefined && { containerId }),
    ...(nodeName !== undefined && { nodeName }),
    ...(owner !== undefined && { owner }),
    ...(kind === 'ephemeral' && { ephemeral: true }),
  };
}

/** The platforms of nodes, asked once each; nodes do not change theirs. */
class NodePlatforms {
  readonly #transport: ClusterTransport;
  readonly #logger: Logger;
  readonly #known = new Map<string, Platform>();
  readonly #unknown = new Set<string>();

  constructor(transport: ClusterTransport, logger: Logger) {
    this.#transport = transport;
    this.#logger = logger;
  }

  async of(nodeName: string | undefined, signal: AbortSignal): Promise<Platform> {
    if (nodeName === undefined) return hostPlatform();
    const known = this.#known.get(nodeName);
    if (known !== undefined) return known;
    try {
      const platform = await nodePlatform(this.#transport, nodeName, { signal });
      this.#known.set(nodeName, platform);
      this.#unknown.delete(nodeName);
      return platform;
    } catch (error) {
      if (!(error instanceof WatcherError)) throw error;
      const platform = hostPlatform();
      // Asked again with the next pod, but told only once.
      if (!this.#unknown.has(nodeName)) {
        this.#unknown.add(nodeName);
        this.#logger.warn('the platform of a node is not known; that of the agent is taken', {
          ...{ node: nodeName, platform: `${platform.os}/${platform.architecture}`, err: error },
        });
      }
      return platform;
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return import('node:timers/promises').then(({ setTimeout }) => setTimeout(ms, undefined, { signal }));
}
