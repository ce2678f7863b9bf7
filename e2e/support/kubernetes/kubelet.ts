import type { ApiClient, ApiObject } from './api-client.ts';
import { type ContainerKind, type ContainerToRun, containerStatus, type PodToRun, podObject } from './pod-to-run.ts';

/** Which list of a pod's status tells of a kind of container. */
const statusLists = {
  init: 'initContainerStatuses',
  container: 'containerStatuses',
  ephemeral: 'ephemeralContainerStatuses',
} as const;

/** How many pods are made at the same time. */
const atOnce = 16;

/** Makes and ends pods, and says in their status what the kubelet of their node would. */
export class Kubelet {
  readonly #admin: ApiClient;
  readonly #minor: number;

  constructor(admin: ApiClient, minor: number) {
    this.#admin = admin;
    this.#minor = minor;
  }

  /** A pod that runs, or has ended, as its containers say. */
  async run(pod: PodToRun): Promise<ApiObject> {
    const { metadata } = await this.schedule(pod);
    return await this.#admin.patch(`${pathOf(pod)}/status`, {
      metadata: { uid: metadata.uid },
      status: {
        phase: pod.phase ?? 'Running',
        initContainerStatuses: (pod.initContainers ?? []).map((container) => containerStatus(container, 'init')),
        containerStatuses: pod.containers.map((container) => containerStatus(container, 'container')),
      },
    });
  }

  /** Many pods, in a few seconds. */
  async runAll(pods: Iterable<PodToRun>): Promise<void> {
    const waiting = pods[Symbol.iterator]();
    const work = async (): Promise<void> => {
      // Each worker takes from the one iterator, so every pod is taken once.
      for (let next = waiting.next(); !next.done; next = waiting.next()) await this.run(next.value);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }

  /** A pod that has a node, and whose kubelet has not said anything yet. */
  async schedule(pod: PodToRun): Promise<ApiObject> {
    return await this.#admin.post(`/api/v1/namespaces/${pod.namespace}/pods`, podObject(pod));
  }

  /** Says anew what became of the containers of one kind; those left out have no status any more. */
  async report(
    pod: Pick<PodToRun, 'namespace' | 'name' | 'phase'>,
    kind: ContainerKind,
    containers: readonly ContainerToRun[],
  ): Promise<void> {
    const statuses = containers.map((container) => containerStatus(container, kind));
    await this.#admin.patch(`${pathOf(pod)}/status`, {
      status: { ...(pod.phase && { phase: pod.phase }), [statusLists[kind]]: statuses },
    });
  }

  /** Adds an ephemeral container to a pod, as `kubectl debug` does, and says that it runs. */
  async debug(pod: Pick<PodToRun, 'namespace' | 'name'>, container: ContainerToRun): Promise<void> {
    const added = { name: container.name, image: container.image, terminationMessagePolicy: 'File' };
    const path = `${pathOf(pod)}/ephemeralcontainers`;
    if (this.#minor < 22) {
      const { metadata } = await this.#admin.get(pathOf(pod));
      const before = await this.#admin.get<{ ephemeralContainers?: { name: string }[] | null }>(path);
      await this.#admin.put(path, {
        apiVersion: 'v1',
        kind: 'EphemeralContainers',
        metadata: { name: metadata.name, namespace: metadata.namespace, resourceVersion: metadata.resourceVersion },
        ephemeralContainers: [...(before.ephemeralContainers ?? []), added],
      });
    } else {
      const current = await this.#admin.get<ApiObject & { spec: { ephemeralContainers?: { name: string }[] } }>(path);
      const ephemeralContainers = [...(current.spec.ephemeralContainers ?? []), added];
      await this.#admin.put(path, { ...current, spec: { ...current.spec, ephemeralContainers } });
    }
    await this.report(pod, 'ephemeral', [container]);
  }

  /** Ends a pod at once. */
  async remove(pod: Pick<PodToRun, 'namespace' | 'name'>): Promise<void> {
    await this.#admin.delete(pathOf(pod), { gracePeriodSeconds: 0 });
  }
}

function pathOf({ namespace, name }: Pick<PodToRun, 'namespace' | 'name'>): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}
