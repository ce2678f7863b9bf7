export { disablingAnnotation } from './image/disabling-annotation.ts';
export { compileExclusions, type ExclusionRule, type ImageExclusions } from './image/exclusions.ts';
export type {
  ContainerKind,
  ImageGone,
  ImageSeen,
  ImagesSynced,
  PodContext,
  PodImage,
  RunningImage,
} from './image/image-event.ts';
export { parseImageId } from './image/parse-image-id.ts';
export type { Pod, PodContainer, PodContainerStatus, PodOwner } from './image/pod.ts';
export { podImages } from './image/pod-images.ts';
export { type WatchImagesOptions, watchImages } from './image/watch-images.ts';
export { clusterId } from './lookup/cluster-id.ts';
export { type NodePlatform, nodePlatform } from './lookup/node-platform.ts';
export {
  type PullSecret,
  type PullSecretOwner,
  type PullSecretProblem,
  type PullSecrets,
  pullSecretsFor,
} from './lookup/pull-secrets.ts';
export { type WatchPullSecretsOptions, watchPullSecrets } from './lookup/watch-pull-secrets.ts';
export type { BackoffOptions } from './reflect/backoff.ts';
export type { KubeObject } from './reflect/kube-object.ts';
export type { ResourceEvent } from './reflect/resource-event.ts';
export type { Timing } from './reflect/timing.ts';
export {
  type WatchFailure,
  type WatchResourceOptions,
  type WatchTuning,
  watchResource,
} from './reflect/watch-resource.ts';
export type { ClusterTransport, LineOptions, ReadOptions, RequestQuery } from './transport/cluster-transport.ts';
export { type ClusterTransportOptions, createClusterTransport } from './transport/create-cluster-transport.ts';
export type { CredentialSource } from './transport/credential-source.ts';
export { type InClusterOptions, inClusterTransport } from './transport/in-cluster-transport.ts';
export { type KubeconfigOptions, kubeconfigTransport } from './transport/kubeconfig-transport.ts';
export { WatcherError, type WatcherErrorCode, type WatcherErrorOptions } from './watcher-error.ts';
