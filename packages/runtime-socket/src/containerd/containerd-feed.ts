import { fromBinary } from '@bufbuild/protobuf';
import { type Container, Containers } from '../gen/containerd/containers_pb.ts';
import { Events, TaskEventSchema } from '../gen/containerd/events_pb.ts';
import { Tasks } from '../gen/containerd/tasks_pb.ts';
import type { GrpcConnection, UnaryCall } from '../grpc/grpc-connection.ts';
import { RuntimeError } from '../runtime-error.ts';
import type { ContainerFeed } from '../watch/container-feed.ts';
import type { RunningImage } from '../watch/running-image.ts';
import { namesWithDigest } from './image-names.ts';
import { runningManifest } from './running-manifest.ts';

/** Labels that name a container: Kubernetes', nerdctl's. */
const nameLabels = ['io.kubernetes.container.name', 'nerdctl/name'];

/** Watches the containers of one namespace of containerd: those that have a running task. */
export class ContainerdFeed implements ContainerFeed {
  readonly #connection: GrpcConnection;
  readonly #namespace: string;

  constructor(connection: GrpcConnection, namespace: string) {
    this.#connection = connection;
    this.#namespace = namespace;
  }

  async mark(): Promise<string> {
    // Events cannot be asked for from a moment in the past.
    return '';
  }

  async *changes(_mark: string, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    const { subscribe } = this.#connection.client(Events);
    const filters = [`namespace==${JSON.stringify(this.#namespace)},topic~=${JSON.stringify('^/tasks/')}`];
    const events = this.#connection.stream('events.Subscribe', (call) => subscribe({ filters }, call), { signal });
    for await (const { event } of events) {
      if (event) yield fromBinary(TaskEventSchema, event.value).containerId;
    }
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    const tasks = this.#connection.client(Tasks);
    const answer = await this.#connection.call('tasks.List', (options) => tasks.list({}, options), { signal });
    return answer.tasks.filter((task) => isRunning(task.status)).map(({ id, containerId }) => containerId || id);
  }

  async inspect(containerId: string, signal: AbortSignal): Promise<RunningImage | undefined> {
    const [tasks, containers] = [this.#connection.client(Tasks), this.#connection.client(Containers)];
    const task = await this.#optional('tasks.Get', (options) => tasks.get({ containerId }, options), signal);
    if (!task?.process || !isRunning(task.process.status)) return undefined;
    const answer = await this.#optional(
      'containers.Get',
      (options) => containers.get({ id: containerId }, options),
      signal,
    );
    if (!answer?.container) return undefined;
    const { image, labels } = answer.container;
    const containerName = nameLabels.map((label) => labels[label]).find(Boolean);
    return {
      reference: image,
      ...(await this.#identity(answer.container, signal)),
      containerId,
      ...(containerName !== undefined && { containerName }),
      labels,
    };
  }

  /** The image of a running container may have been removed, or its manifest; the reference is left then. */
  async #identity(
    container: Container,
    signal: AbortSignal,
  ): Promise<Pick<RunningImage, 'digest' | 'identity' | 'repoDigests'>> {
    const found = await runningManifest(this.#connection, container, signal);
    if (found === undefined) return { identity: 'unknown' };
    const { digest, target } = found;
    return { digest, identity: 'manifest', repoDigests: await namesWithDigest(this.#connection, target, signal) };
  }

  async #optional<T>(what: string, request: UnaryCall<T>, signal: AbortSignal): Promise<T | undefined> {
    try {
      return await this.#connection.call(what, request, { signal });
    } catch (error) {
      if (error instanceof RuntimeError && error.code === 'IMAGE_UNKNOWN') return undefined;
      throw error;
    }
  }
}

/** Running, paused, or about to be paused (containerd, api/types/task). */
function isRunning(status: number): boolean {
  return status === 2 || status === 4 || status === 5;
}
