import { type ClusterTransport, nodePlatform, WatcherError } from '@falcon-iar/k8s-watcher';
import { formatPlatform, hostPlatform, type Platform } from '@falcon-iar/oci-registry';
import type { Logger } from '../observe/logger.ts';

/** Nodes that are remembered; where a cluster is scaled up and down there is no end of new ones. */
const mostNodes = 10_000;
/** These will be the answer to the next question too: the right is missing, or the node has gone. */
const lasting: ReadonlySet<string> = new Set(['FORBIDDEN', 'NOT_FOUND']);

/** The platforms of nodes, asked once each: nodes do not change theirs. */
export class NodePlatforms {
  readonly #transport: ClusterTransport;
  readonly #logger: Logger;
  readonly #known = new Map<string, Platform>();
  readonly #reported = new Set<string>();

  constructor(transport: ClusterTransport, logger: Logger) {
    this.#transport = transport;
    this.#logger = logger;
  }

  /**
   * That of the agent itself where the API server does not tell; then it is asked again with the next pod, unless it
   * would only say the same.
   *
   * @throws the signal's reason
   */
  async of(nodeName: string | undefined, signal: AbortSignal): Promise<Platform> {
    if (nodeName === undefined) return hostPlatform();
    const known = this.#known.get(nodeName);
    if (known !== undefined) return known;
    try {
      const platform = await nodePlatform(this.#transport, nodeName, { signal });
      this.#reported.delete(nodeName);
      return this.#remember(nodeName, platform);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof WatcherError)) throw error;
      const platform = hostPlatform();
      this.#report(nodeName, platform, error);
      return lasting.has(error.code) ? this.#remember(nodeName, platform) : platform;
    }
  }

  #remember(nodeName: string, platform: Platform): Platform {
    if (this.#known.size >= mostNodes) this.#known.clear();
    this.#known.set(nodeName, platform);
    return platform;
  }

  #report(node: string, platform: Platform, err: WatcherError): void {
    if (this.#reported.has(node)) return;
    if (this.#reported.size >= mostNodes) this.#reported.clear();
    this.#reported.add(node);
    this.#logger.warn('the platform of a node is not known; that of the agent is taken', {
      ...{ node, platform: formatPlatform(platform), err },
    });
  }
}
