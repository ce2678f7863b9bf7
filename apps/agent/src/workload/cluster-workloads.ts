import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClusterTransport,
  clusterId,
  type ImageExclusions,
  type ImageSeen,
  WatcherError,
  type WatchFailure,
  watchImages,
} from '@falcon-iar/k8s-watcher';
import type { Logger } from '../observe/logger.ts';
import { NodePlatforms } from './node-platforms.ts';
import { type ImageRegistry, openFromRegistry, type RunningName } from './open-from-registry.ts';
import type { PullCredentials } from './pull-credentials.ts';
import { sightingKey } from './sighting-key.ts';
import type { WorkloadContext } from './workload-context.ts';
import type { ImageSighting, WatchWorkloadsOptions, WorkloadEvent, Workloads } from './workloads.ts';

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

/** What no waiting overcomes. */
const final: ReadonlySet<string> = new Set(['OPTIONS_INVALID', 'CLOSED']);
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
    watch: (watching) => watchCluster(options, platforms, watching),
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
      if (!(error instanceof WatcherError) || final.has(error.code)) throw error;
      logger.error('the API server does not tell which cluster this is', { err: error, retryInMs: wait });
      await pause(wait, signal);
    }
  }
}

/** That namespaces cannot be watched is no interruption: without them pods are told all the same. */
const podsPath = '/api/v1/pods';

async function* watchCluster(
  options: ClusterWorkloadsOptions,
  platforms: NodePlatforms,
  { signal, onInterrupted, onResumed }: WatchWorkloadsOptions,
): AsyncGenerator<WorkloadEvent, void, undefined> {
  const { transport, exclude, pageSize, logger } = options;
  /** Collections that are not watched at this moment. */
  const interrupted = new Set<string>();
  const onError = (err: WatcherError, { retryIn, path, phase }: WatchFailure): void => {
    // The same again is no news.
    const log = interrupted.has(path) ? logger.debug : logger.warn;
    log('the API server does not tell what runs', { path, phase, err, retryInMs: retryIn });
    interrupted.add(path);
    if (path === podsPath) onInterrupted(err);
  };
  const onWatching = ({ path }: { readonly path: string }): void => {
    if (!interrupted.delete(path)) return;
    logger.info('the API server tells again what runs', { path });
    if (path === podsPath) onResumed();
  };
  for await (const event of watchImages(transport, { exclude, pageSize, onError, onWatching, signal })) {
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
    access: accessOf(seen.context),
    reference,
    context: toContext(seen),
    open: async (open) => {
      const keychain = await credentials.keychainFor(seen.context, open.signal);
      const image = await openFromRegistry(registry, running, { platform, keychain, signal: open.signal });
      return { image, from: 'registry' };
    },
  };
}

/** Pods of one namespace whose own and whose account's pull secrets are the same open the same images. */
function accessOf({ namespace, serviceAccountName = '', pullSecretNames }: ImageSeen['context']): string {
  return [namespace, serviceAccountName, ...pullSecretNames].join('/');
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

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
