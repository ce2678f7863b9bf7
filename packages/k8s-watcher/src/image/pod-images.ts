import type { ContainerKind, PodContext, PodImage } from './image-event.ts';
import { parseImageId } from './parse-image-id.ts';
import type { Pod, PodContainer, PodContainerStatus } from './pod.ts';

/**
 * Every container of a pod, init and ephemeral ones and those that have finished included, with the image it runs.
 *
 * @param pod - From the API, as an object of `v1`.
 */
export function podImages(pod: Pod): PodImage[] {
  const { spec = {}, status = {} } = pod;
  const context = contextOf(pod);
  return [
    ...containersOf('init', spec.initContainers, status.initContainerStatuses, context),
    ...containersOf('container', spec.containers, status.containerStatuses, context),
    ...containersOf('ephemeral', spec.ephemeralContainers, status.ephemeralContainerStatuses, context),
  ];
}

type SharedContext = Omit<PodContext, 'containerName' | 'containerId'>;

function contextOf({ metadata, spec = {} }: Pod): SharedContext {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return {
    namespace: metadata.namespace ?? 'default',
    podName: metadata.name,
    podUid: metadata.uid,
    ...(spec.nodeName && { nodeName: spec.nodeName }),
    ...(owner && { owner: { kind: owner.kind, name: owner.name } }),
    ...(spec.serviceAccountName && { serviceAccountName: spec.serviceAccountName }),
    pullSecretNames: [...new Set((spec.imagePullSecrets ?? []).flatMap(({ name }) => (name ? [name] : [])))],
  };
}

function containersOf(
  kind: ContainerKind,
  containers: readonly PodContainer[] | null | undefined,
  statuses: readonly PodContainerStatus[] | null | undefined,
  shared: SharedContext,
): PodImage[] {
  const statusOf = new Map(statuses?.map((status) => [status.name, status]));
  return (containers ?? []).map(({ name, image = '' }) => {
    const { imageID = '', containerID = '' } = statusOf.get(name) ?? {};
    const containerId = containerID.replace(/^[a-z][a-z0-9+.-]*:\/\//, '');
    const context = { ...shared, containerName: name, ...(containerId && { containerId }) };
    return { reference: image, kind, context, ...parseImageId(imageID) };
  });
}
