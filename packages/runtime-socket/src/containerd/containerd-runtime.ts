import type { RuntimeEndpoint, RuntimeKind } from '../endpoint/runtime-endpoint.ts';
import { Version } from '../gen/containerd/version_pb.ts';
import { GrpcConnection } from '../grpc/grpc-connection.ts';
import { createImageSource } from '../image/create-image-source.ts';
import type { ImageSource } from '../image/image.ts';
import type { ReadOptions } from '../image/read-options.ts';
import type { Runtime, RuntimeVersion } from '../runtime.ts';
import type { RuntimeEvent } from '../watch/runtime-event.ts';
import { watchContainers } from '../watch/watch-containers.ts';
import type { WatchOptions } from '../watch/watch-options.ts';
import { ContainerdFeed } from './containerd-feed.ts';
import { containerdImage } from './containerd-image.ts';

/** containerd, within one namespace. */
export class ContainerdRuntime implements Runtime {
  readonly kind: RuntimeKind = 'containerd';
  readonly #connection: GrpcConnection;
  readonly #namespace: string;

  constructor({ socketPath, namespace = 'k8s.io' }: RuntimeEndpoint) {
    this.#namespace = namespace;
    this.#connection = new GrpcConnection(socketPath, { 'containerd-namespace': namespace });
  }

  async version({ signal }: ReadOptions = {}): Promise<RuntimeVersion> {
    const client = this.#connection.client(Version);
    const { version } = await this.#connection.call('version.Version', (options) => client.version({}, options), {
      signal,
    });
    return { kind: 'containerd', version: version.replace(/^v/, ''), apiVersion: 'v1' };
  }

  watchImages(options: WatchOptions = {}): AsyncGenerator<RuntimeEvent, void, undefined> {
    return watchContainers(new ContainerdFeed(this.#connection, this.#namespace), options);
  }

  imageSource(): ImageSource {
    return createImageSource((reference, options) => containerdImage(this.#connection, reference, options));
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
