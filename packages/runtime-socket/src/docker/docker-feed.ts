import { RuntimeError } from '../runtime-error.ts';
import type { ContainerFeed } from '../watch/container-feed.ts';
import type { RunningImage } from '../watch/running-image.ts';
import { parseDocument } from '../wire/parse-document.ts';
import type { DockerClient } from './docker-client.ts';
import { containerListSchema, containerSchema, engineEventSchema } from './engine-documents.ts';
import { type ImageIdentity, imageIdentity } from './image-identity.ts';
import { splitLines } from './split-lines.ts';

/** Events after which a container may run that did not, or the other way round. Podman says `died` for `die`. */
const eventFilters = JSON.stringify({
  type: ['container'],
  event: ['start', 'restart', 'die', 'died', 'kill', 'stop'],
});
/** Podman refuses names of events that it does not know. */
const podmanFilters = JSON.stringify({ type: ['container'], event: ['start', 'restart', 'died', 'kill', 'stop'] });

/** Watches the containers of Docker or Podman. */
export class DockerFeed implements ContainerFeed {
  readonly #client: DockerClient;

  constructor(client: DockerClient) {
    this.#client = client;
  }

  async mark(signal: AbortSignal): Promise<string> {
    // Another daemon may answer after a restart, with another API version.
    await this.#client.version(signal);
    // The header is in whole seconds, rounded down.
    return String(await this.#client.now(signal));
  }

  async *changes(mark: string, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    const filters = this.#client.kind === 'podman' ? podmanFilters : eventFilters;
    const query = new URLSearchParams({ since: mark, filters });
    const lines = splitLines(this.#client.events(`/events?${query}`, signal), `GET ${this.#client.socketPath}/events`);
    for await (const line of lines) yield parseDocument(line, engineEventSchema, 'GET /events').Actor.ID;
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    const containers = await this.#client.get('/containers/json', containerListSchema, signal);
    return containers.map(({ Id }) => Id);
  }

  async inspect(containerId: string, signal: AbortSignal): Promise<RunningImage | undefined> {
    const container = await this.#get(containerId, signal);
    if (!container?.State.Running) return undefined;
    const { Id, Name, Image, Config } = container;
    const identity = await this.#identity(Image, signal);
    const name = Name?.replace(/^\//, '');
    return {
      reference: Config.Image,
      ...identity,
      containerId: Id,
      ...(name && { containerName: name }),
      labels: Config.Labels ?? {},
    };
  }

  async #get(containerId: string, signal: AbortSignal) {
    try {
      return await this.#client.get(`/containers/${containerId}/json`, containerSchema, signal);
    } catch (error) {
      if (error instanceof RuntimeError && error.code === 'IMAGE_UNKNOWN') return undefined;
      throw error;
    }
  }

  /** The image of a running container may have been removed by force; the container still tells its config. */
  async #identity(configDigest: string, signal: AbortSignal): Promise<ImageIdentity> {
    try {
      return await imageIdentity(this.#client, configDigest, signal);
    } catch (error) {
      if (error instanceof RuntimeError && error.code === 'IMAGE_UNKNOWN') {
        return { digest: configDigest, identity: 'config' };
      }
      throw error;
    }
  }
}
