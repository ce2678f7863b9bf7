import type { ExclusionRule } from '@falcon-iar/k8s-watcher';
import type { Keychain, Platform, Image as RegistryImage, ImageLayer as RegistryLayer } from '@falcon-iar/oci-registry';
import {
  type RunningImage,
  type Runtime,
  RuntimeError,
  type Image as RuntimeImage,
  type ImageLayer as RuntimeLayer,
} from '@falcon-iar/runtime-socket';
import type { ScannableImage } from '../inventory/scannable-image.ts';
import { scannableRuntimeImage } from '../inventory/scannable-runtime-image.ts';
import type { Logger } from '../observe/logger.ts';
import { type ImageRegistry, openFromRegistry, type RunningName } from './open-from-registry.ts';
import { sightingKey } from './sighting-key.ts';
import type { WorkloadContext } from './workload-context.ts';
import type { ImageSighting, OpenedImage, WatchWorkloadsOptions, WorkloadEvent, Workloads } from './workloads.ts';

/** What socket mode is made of. */
export interface RuntimeWorkloadsOptions {
  readonly runtime: Runtime;
  /** Where images come from that the runtime does not give, or not whole. */
  readonly registry: ImageRegistry;
  readonly keychain: Keychain;
  readonly exclude: ExclusionRule;
  /** Name of this machine, or of its node. */
  readonly hostName: string;
  readonly nodeName: string | undefined;
  readonly clusterId: string;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** Errors with which a runtime says that the image has to be read elsewhere. */
const notHere: ReadonlySet<string> = new Set([
  'UNSUPPORTED',
  'IMAGE_UNKNOWN',
  'CONTENT_DISCARDED',
  'PLATFORM_MISMATCH',
]);

/** Socket mode: the containers of one machine; what their runtime has of an image is not read from a registry. */
export function runtimeWorkloads(options: RuntimeWorkloadsOptions): Workloads {
  return {
    clusterId: options.clusterId,
    watch: (watching) => watchRuntime(options, watching),
    [Symbol.asyncDispose]: () => options.runtime.close(),
  };
}

async function* watchRuntime(
  options: RuntimeWorkloadsOptions,
  { signal, onInterrupted, onResumed }: WatchWorkloadsOptions,
): AsyncGenerator<WorkloadEvent, void, undefined> {
  const { runtime, exclude, logger } = options;
  let isInterrupted = false;
  for await (const event of runtime.watchImages({ signal })) {
    if (event.type === 'listed') {
      if (isInterrupted) {
        logger.info('the runtime answers again');
        onResumed();
      }
      isInterrupted = false;
      yield { type: 'synced' };
    } else if (event.type === 'interrupted') {
      // The same again is no news.
      const log = isInterrupted ? logger.debug : logger.warn;
      log('the runtime does not answer', { err: event.error, retryInMs: event.retryIn });
      isInterrupted = true;
      onInterrupted(event.error);
    } else if (event.type === 'started' && !isExcluded(event.container, exclude)) {
      yield { type: 'seen', sighting: toSighting(event.container, options) };
    }
  }
}

function isExcluded({ labels, reference, digest }: RunningImage, exclude: ExclusionRule): boolean {
  const namespace = labels['io.kubernetes.pod.namespace'];
  if (namespace !== undefined && exclude.namespace(namespace)) return true;
  return exclude.image({ reference, ...(digest !== undefined && { digest }) });
}

function toSighting(container: RunningImage, options: RuntimeWorkloadsOptions): ImageSighting {
  const { reference, digest, identity, repoDigests = [] } = container;
  const running: RunningName = { reference, digest, digestOf: identity, repoDigests };
  return {
    key: sightingKey(running, undefined),
    isPinned: digest !== undefined,
    access: '',
    reference,
    context: toContext(container, options),
    open: ({ signal }) => open(running, options, signal),
  };
}

function toContext(container: RunningImage, { hostName, nodeName }: RuntimeWorkloadsOptions): WorkloadContext {
  const { labels, containerId, containerName } = container;
  const label = (name: string): string | undefined => labels[`io.kubernetes.${name}`];
  const context = {
    namespace: label('pod.namespace'),
    podName: label('pod.name'),
    podUid: label('pod.uid'),
    containerName: label('container.name') ?? containerName,
    containerId,
    nodeName,
    hostName,
  };
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined && value !== ''));
}

async function open(running: RunningName, options: RuntimeWorkloadsOptions, signal: AbortSignal): Promise<OpenedImage> {
  const { runtime, registry, keychain, platform, logger } = options;
  const fromRegistry = (): Promise<RegistryImage> =>
    openFromRegistry(registry, running, { platform, keychain, signal });
  try {
    const image = await findLocal(runtime, running, signal);
    return { image: withRegistryBehind(scannableRuntimeImage(runtime.kind, image), fromRegistry), from: 'runtime' };
  } catch (error) {
    if (!isNotHere(error)) throw error;
    logger.debug('the runtime does not give the image; its registry is asked', {
      image: running.reference,
      err: error,
    });
    return { image: await fromRegistry().catch((inRegistry) => both(error, inRegistry, signal)), from: 'registry' };
  }
}

/** By digest, which not every runtime can look up; by name only where that still means the same image. */
async function findLocal(
  runtime: Runtime,
  { reference, digest }: RunningName,
  signal: AbortSignal,
): Promise<RuntimeImage> {
  const source = runtime.imageSource();
  if (digest === undefined) return source.resolve(reference, { signal });
  try {
    return await source.resolve(digest, { signal });
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== 'IMAGE_UNKNOWN') throw error;
    const named = await source.resolve(reference, { signal });
    if (named.digest !== digest) throw error;
    return named;
  }
}

/** Layers that the runtime threw away after unpacking are opened in the registry, under the same digest. */
function withRegistryBehind(
  image: ReturnType<typeof scannableRuntimeImage>,
  fromRegistry: () => Promise<RegistryImage>,
): ScannableImage {
  if ('exportLayers' in image) return image;
  let found: Promise<RegistryImage> | undefined;
  const findLayer = async (digest: string): Promise<RegistryLayer> => {
    found ??= fromRegistry();
    const layer = (await found).layers.find((one) => one.digest === digest);
    if (layer === undefined) throw new Error(`the registry's image has no layer ${digest}`);
    return layer;
  };
  const layers = image.layers.map((layer) => ({ ...layer, open: openEither(layer, findLayer) }));
  return { ...image, layers };
}

function openEither(layer: RuntimeLayer, findLayer: (digest: string) => Promise<RegistryLayer>): RuntimeLayer['open'] {
  return async function* (options) {
    let isBegun = false;
    let local: RuntimeError;
    try {
      for await (const chunk of layer.open(options)) {
        isBegun = true;
        yield chunk;
      }
      return;
    } catch (error) {
      if (isBegun || !isNotHere(error)) throw error;
      local = error;
    }
    const inRegistry = await findLayer(layer.digest).catch((error) => both(local, error, options?.signal));
    yield* inRegistry.open(options);
  };
}

function isNotHere(error: unknown): error is RuntimeError {
  return error instanceof RuntimeError && notHere.has(error.code);
}

/** Neither has the image: what the registry says is what can be mended, why it was asked is told beside it. */
function both(local: RuntimeError, inRegistry: unknown, signal: AbortSignal | undefined): never {
  signal?.throwIfAborted();
  if (inRegistry instanceof Error && inRegistry.cause === undefined) inRegistry.cause = local;
  throw inRegistry;
}
