import type { RuntimeEndpoint, RuntimeKind } from '../endpoint/runtime-endpoint.ts';
import { RuntimeService } from '../gen/cri/runtime_pb.ts';
import { GrpcConnection } from '../grpc/grpc-connection.ts';
import { createImageSource } from '../image/create-image-source.ts';
import type { ImageSource } from '../image/image.ts';
import type { ReadOptions } from '../image/read-options.ts';
import type { Runtime, RuntimeVersion } from '../runtime.ts';
import { RuntimeError } from '../runtime-error.ts';
import type { RuntimeEvent } from '../watch/runtime-event.ts';
import { watchContainers } from '../watch/watch-containers.ts';
import type { WatchOptions } from '../watch/watch-options.ts';
import { CriFeed } from './cri-feed.ts';

/** Time between two lists, in ms. */
const pollInterval = 2_000;

/** CRI-O, through the Container Runtime Interface, which tells what runs but gives no content. */
export class CriRuntime implements Runtime {
  readonly kind: RuntimeKind = 'crio';
  readonly #connection: GrpcConnection;

  constructor({ socketPath }: RuntimeEndpoint) {
    this.#connection = new GrpcConnection(socketPath);
  }

  async version({ signal }: ReadOptions = {}): Promise<RuntimeVersion> {
    const client = this.#connection.client(RuntimeService);
    const { runtimeName, runtimeVersion, runtimeApiVersion } = await this.#connection.call(
      'runtime.Version',
      (options) => client.version({}, options),
      { signal },
    );
    const kind = runtimeName === 'containerd' ? 'containerd' : 'crio';
    return { kind, version: runtimeVersion.replace(/^v/, ''), apiVersion: runtimeApiVersion };
  }

  watchImages(options: WatchOptions = {}): AsyncGenerator<RuntimeEvent, void, undefined> {
    return watchContainers(new CriFeed(this.#connection, pollInterval), options);
  }

  /** A source that has no image: CRI gives no content, so every `resolve` rejects with `UNSUPPORTED`. */
  imageSource(): ImageSource {
    return createImageSource(async () => {
      throw new RuntimeError('UNSUPPORTED', `${this.#connection.socketPath}: CRI gives no content of images`, {
        hint: 'read the image from its registry, by the repoDigests that watchImages tells',
      });
    });
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
