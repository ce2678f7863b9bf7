import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { WatcherError } from '../watcher-error.ts';

/** What a node runs images for, in the words of the OCI image specification. */
export interface NodePlatform {
  /** `linux` or `windows`. */
  readonly os: string;
  /** `amd64`, `arm64` and so on. */
  readonly architecture: string;
}

/**
 * The platform of a node, which decides which manifest of an index its pods run. Needs `get` on `nodes`.
 *
 * @throws WatcherError, `NOT_FOUND` where the node has gone.
 */
export async function nodePlatform(
  transport: ClusterTransport,
  nodeName: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<NodePlatform> {
  const path = `/api/v1/nodes/${encodeURIComponent(nodeName)}`;
  const node = (await transport.getJson(path, { signal })) as {
    status?: { nodeInfo?: { operatingSystem?: unknown; architecture?: unknown } };
  } | null;
  const { operatingSystem: os, architecture } = node?.status?.nodeInfo ?? {};
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') {
    throw new WatcherError('RESPONSE_INVALID', `GET ${transport.host}${path}: the node does not tell its platform`);
  }
  return { os, architecture };
}
