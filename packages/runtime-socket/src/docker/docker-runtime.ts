import type { RuntimeEndpoint, RuntimeKind } from '../endpoint/runtime-endpoint.ts';
import { createImageSource } from '../image/create-image-source.ts';
import type { ImageSource } from '../image/image.ts';
import type { ReadOptions } from '../image/read-options.ts';
import type { Runtime, RuntimeVersion } from '../runtime.ts';
import { RuntimeError } from '../runtime-error.ts';
import type { RuntimeEvent } from '../watch/runtime-event.ts';
import { watchContainers } from '../watch/watch-containers.ts';
import type { WatchOptions } from '../watch/watch-options.ts';
import { DockerClient } from './docker-client.ts';
import { DockerFeed } from './docker-feed.ts';
import { dockerImage } from './docker-image.ts';

/** Docker, or Podman, which answers the same API and a few calls of its own. */
export class DockerRuntime implements Runtime {
  readonly kind: RuntimeKind;
  readonly #client: DockerClient;

  constructor({ kind, socketPath }: RuntimeEndpoint) {
    this.kind = kind;
    this.#client = new DockerClient(kind, socketPath);
  }

  async version({ signal }: ReadOptions = {}): Promise<RuntimeVersion> {
    const { Version, ApiVersion, Components } = await this.#client.version(signal);
    const isPodman = Components?.some(({ Name }) => Name === 'Podman Engine') ?? false;
    return { kind: isPodman ? 'podman' : 'docker', version: Version, apiVersion: ApiVersion };
  }

  async *watchImages(options: WatchOptions = {}): AsyncGenerator<RuntimeEvent, void, undefined> {
    await this.#assertKind(options.signal);
    yield* watchContainers(new DockerFeed(this.#client), options);
  }

  imageSource(): ImageSource {
    return createImageSource(async (reference, options) => {
      await this.#assertKind(options.signal);
      return dockerImage(this.#client, reference, options);
    });
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Podman also stands in at Docker's own socket; asked as Docker, it would not tell its manifests. */
  async #assertKind(signal: AbortSignal | undefined): Promise<void> {
    const { kind } = await this.version({ signal });
    if (kind === this.kind) return;
    throw new RuntimeError('UNSUPPORTED', `${this.#client.socketPath}: ${kind} answers there, not ${this.kind}`, {
      hint: `use an endpoint of kind ${kind}; detectRuntime finds out which it is`,
    });
  }
}
