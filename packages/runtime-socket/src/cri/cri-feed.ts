import { setTimeout as sleep } from 'node:timers/promises';
import { type Container, ImageService, RuntimeService } from '../gen/cri/runtime_pb.ts';
import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import { RuntimeError } from '../runtime-error.ts';
import type { ContainerFeed } from '../watch/container-feed.ts';
import type { RunningImage } from '../watch/running-image.ts';

/** `CONTAINER_RUNNING` of CRI's enum of container states. */
const containerRunning = 1;

/** Watches containers through the Container Runtime Interface, v1, by listing them again and again. */
export class CriFeed implements ContainerFeed {
  readonly #connection: GrpcConnection;
  readonly #pollInterval: number;
  #running = new Map<string, Container>();

  /** @param pollInterval time between two lists, in ms */
  constructor(connection: GrpcConnection, pollInterval: number) {
    this.#connection = connection;
    this.#pollInterval = pollInterval;
  }

  async mark(): Promise<string> {
    return '';
  }

  async *changes(_mark: string, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    for (;;) {
      await sleep(this.#pollInterval, undefined, { signal });
      const before = this.#running;
      await this.list(signal);
      for (const id of before.keys()) if (!this.#running.has(id)) yield id;
      for (const id of this.#running.keys()) if (!before.has(id)) yield id;
    }
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    const { listContainers } = this.#connection.client(RuntimeService);
    const filter = { state: { state: containerRunning } };
    const answer = await this.#connection.call(
      'runtime.ListContainers',
      (options) => listContainers({ filter }, options),
      { signal },
    );
    this.#running = new Map(answer.containers.map((container) => [container.id, container]));
    return [...this.#running.keys()];
  }

  async inspect(containerId: string, signal: AbortSignal): Promise<RunningImage | undefined> {
    const container = this.#running.get(containerId);
    if (!container) return undefined;
    const { metadata, image, imageRef, labels } = container;
    return {
      reference: image?.image || imageRef,
      ...(await this.#identity(imageRef || image?.image || '', signal)),
      containerId,
      ...(metadata?.name && { containerName: metadata.name }),
      labels,
    };
  }

  /** CRI's id of an image is the digest of its config. */
  async #identity(
    image: string,
    signal: AbortSignal,
  ): Promise<Pick<RunningImage, 'digest' | 'identity' | 'repoDigests'>> {
    const { imageStatus } = this.#connection.client(ImageService);
    const request = { image: { image } };
    const answer = await this.#connection.call('image.ImageStatus', (options) => imageStatus(request, options), {
      signal,
    });
    if (!answer.image) return { identity: 'unknown' };
    const { id, repoDigests } = answer.image;
    const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(id)?.[1];
    if (hex === undefined) throw new RuntimeError('INVALID_RESPONSE', 'image.ImageStatus: its id is not a digest');
    return { digest: `sha256:${hex}`, identity: 'config', repoDigests };
  }
}
