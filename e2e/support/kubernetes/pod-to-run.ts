import { createHash } from 'node:crypto';

/** Which list of a pod a container is in. */
export type ContainerKind = 'container' | 'init' | 'ephemeral';

/** A container and what its runtime made of it. */
export interface ContainerToRun {
  readonly name: string;
  /** As the pod spec has it. */
  readonly image: string;
  /** What the runtime reports as the image, in the words of any runtime; '' for one that has not started. */
  readonly imageId: string;
  /** What the runtime calls the container; one in containerd's words where absent. */
  readonly containerId?: string;
  /** Default: `terminated` for an init container, `waiting` without an `imageId`, else `running`. */
  readonly state?: 'waiting' | 'running' | 'terminated';
}

/** A pod and what its node made of it. */
export interface PodToRun {
  readonly namespace: string;
  readonly name: string;
  /** The name of a node, which need not exist. Default `node-1`. */
  readonly node?: string;
  readonly containers: readonly ContainerToRun[];
  readonly initContainers?: readonly ContainerToRun[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Names of Secrets of its namespace. */
  readonly pullSecrets?: readonly string[];
  readonly serviceAccount?: string;
  /** Its controller. */
  readonly owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string };
  /** Default `Running`. */
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
}

/** The object that is sent to make the pod, its status aside. */
export function podObject(pod: PodToRun): unknown {
  const { namespace, name, annotations, labels, owner } = pod;
  const inSpec = ({ name: containerName, image }: ContainerToRun) => ({ name: containerName, image });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, annotations, labels, ownerReferences: owner && [{ ...owner, controller: true }] },
    spec: {
      nodeName: pod.node ?? 'node-1',
      serviceAccountName: pod.serviceAccount,
      imagePullSecrets: pod.pullSecrets?.map((secret) => ({ name: secret })),
      initContainers: pod.initContainers?.map(inSpec),
      containers: pod.containers.map(inSpec),
    },
  };
}

/** What the kubelet says of one container. */
export function containerStatus(container: ContainerToRun, kind: ContainerKind): unknown {
  const { name, image, imageId } = container;
  const state = container.state ?? usualState(container, kind);
  const hasStarted = state !== 'waiting';
  const containerId = container.containerId ?? (hasStarted ? `containerd://${idOf(`${name} ${imageId}`)}` : '');
  return {
    name,
    image,
    imageID: imageId,
    containerID: containerId,
    ready: state === 'running' || (kind === 'init' && hasStarted),
    restartCount: 0,
    state: stateObject(state, containerId),
  };
}

function usualState({ imageId }: ContainerToRun, kind: ContainerKind): 'waiting' | 'running' | 'terminated' {
  if (imageId === '') return 'waiting';
  return kind === 'init' ? 'terminated' : 'running';
}

function stateObject(state: 'waiting' | 'running' | 'terminated', containerID: string): unknown {
  const startedAt = '2026-01-01T00:00:00Z';
  if (state === 'waiting') return { waiting: { reason: 'ContainerCreating' } };
  if (state === 'running') return { running: { startedAt } };
  return { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt, containerID } };
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
