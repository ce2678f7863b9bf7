import type { KubeObject } from '../reflect/kube-object.ts';
import { mergeStreams } from '../reflect/merge-streams.ts';
import type { ResourceEvent } from '../reflect/resource-event.ts';
import { type WatchTuning, watchResource } from '../reflect/watch-resource.ts';
import { untilAborted } from '../signal/until-aborted.ts';
import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { isDisabled } from './disabling-annotation.ts';
import { compileExclusions, type ImageExclusions } from './exclusions.ts';
import type { ImageGone, ImageSeen, ImagesSynced } from './image-event.ts';
import { ImageIndex, type PodRecord } from './image-index.ts';
import type { Pod } from './pod.ts';
import { podImages } from './pod-images.ts';

/** Options of `watchImages`. */
export interface WatchImagesOptions extends WatchTuning {
  /** What is not of interest; pods and namespaces may also say so by annotation. */
  readonly exclude?: ImageExclusions;
  /** Only the pods of this node. */
  readonly nodeName?: string;
}

/**
 * Tells which images run in the cluster, without end. Each container of each pod gives one `seen` as soon as its runtime
 * reports a digest, also when it has finished by then, and another only when the digest changes. Pods and namespaces
 * annotated `sensor.crowdstrike.com/imageanalyzer: disabled` are left out; where that annotation comes or goes, so do
 * their images; a pod that starts before the annotation of its new namespace is known is seen, then gone. Nothing is told before the namespaces are known, or may not be read.
 *
 * Needs `list` and `watch` on `pods` and, for the annotation, on `namespaces`. Errors as in `watchResource`.
 *
 * @throws WatcherError `OPTIONS_INVALID`, among others for an exclusion that could never match.
 */
export async function* watchImages(
  transport: ClusterTransport,
  options: WatchImagesOptions = {},
): AsyncGenerator<ImageSeen | ImageGone | ImagesSynced, void, undefined> {
  const { exclude = {}, nodeName, signal, ...tuning } = options;
  const index = new ImageIndex(compileExclusions(exclude));
  const namespacesKnown = Promise.withResolvers<void>();
  const sources = [
    (inner: AbortSignal) => watchNamespaces(transport, { ...tuning, signal: inner }, namespacesKnown.resolve),
    (inner: AbortSignal) => watchPods(transport, { ...tuning, signal: inner }, nodeName, namespacesKnown.promise),
  ];
  for await (const change of mergeStreams<PodChange | NamespaceChange>(sources, signal)) {
    if (change.of === 'pods') yield* podEvents(index, change.event);
    else yield* namespaceEvents(index, change.event);
  }
}

interface NamespaceRecord {
  readonly name: string;
  readonly isDisabled: boolean;
}
type PodChange = { readonly of: 'pods'; readonly event: ResourceEvent<PodRecord> };
type NamespaceChange = { readonly of: 'namespaces'; readonly event: ResourceEvent<NamespaceRecord> };

function podEvents(index: ImageIndex, event: ResourceEvent<PodRecord>): (ImageSeen | ImageGone | ImagesSynced)[] {
  if (event.type === 'synced') return [{ type: 'synced', pods: index.pods }];
  return event.type === 'deleted' ? index.removePod(event.object) : index.putPod(event.object);
}

function namespaceEvents(index: ImageIndex, event: ResourceEvent<NamespaceRecord>): (ImageSeen | ImageGone)[] {
  if (event.type === 'synced') return [];
  return index.setNamespace(event.object.name, event.type !== 'deleted' && event.object.isDisabled);
}

async function* watchNamespaces(
  transport: ClusterTransport,
  tuning: WatchTuning,
  onKnown: () => void,
): AsyncGenerator<NamespaceChange, void, undefined> {
  const events = watchResource(transport, {
    ...tuning,
    path: '/api/v1/namespaces',
    transform: ({ metadata }) => ({ name: metadata.name, isDisabled: isDisabled(metadata.annotations) }),
    onError(error, failure) {
      // An account without that right still sees pods; waiting for an administrator would blind it.
      if (error.code === 'FORBIDDEN' || error.code === 'NOT_FOUND') onKnown();
      tuning.onError?.(error, failure);
    },
  });
  for await (const event of events) {
    yield { of: 'namespaces', event };
    // Only now has the consumer of this event taken it in.
    if (event.type === 'synced') onKnown();
  }
}

async function* watchPods(
  transport: ClusterTransport,
  tuning: WatchTuning,
  nodeName: string | undefined,
  namespacesKnown: Promise<void>,
): AsyncGenerator<PodChange, void, undefined> {
  await untilAborted(namespacesKnown, tuning.signal);
  const events = watchResource(transport, {
    ...tuning,
    path: '/api/v1/pods',
    ...(nodeName !== undefined && { fieldSelector: `spec.nodeName=${nodeName}` }),
    transform: podRecord,
  });
  for await (const event of events) yield { of: 'pods', event };
}

function podRecord(object: KubeObject): PodRecord {
  const pod = object as unknown as Pod;
  const { uid, name, namespace = 'default', annotations } = pod.metadata;
  return { uid, name, namespace, isDisabled: isDisabled(annotations), images: podImages(pod) };
}
