import { statusEventError } from '../transport/answer-error.ts';
import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { WatcherError } from '../watcher-error.ts';
import { type KubeObject, readKubeObject } from './kube-object.ts';

/** Which changes to watch. */
export interface WatchRequest {
  readonly path: string;
  readonly resourceVersion: string;
  /** After which the server ends the watch. */
  readonly timeoutSeconds: number;
  /** ms without a byte. */
  readonly idleTimeout: number;
  readonly fieldSelector: string | undefined;
  readonly labelSelector: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called when the server has accepted the watch. */
  readonly onOpen?: () => void;
}

/** One line of a watch. */
export type WatchChange =
  | { readonly type: 'put' | 'removed'; readonly resourceVersion: string; readonly object: KubeObject }
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

/**
 * One watch until the server ends it.
 *
 * @throws WatcherError, also for an `ERROR` event: `GONE` where the resource version is too old.
 */
export async function* readWatch(
  transport: ClusterTransport,
  { idleTimeout, path, signal, onOpen, ...selection }: WatchRequest,
): AsyncGenerator<WatchChange, void, undefined> {
  const where = `GET ${transport.host}${path}`;
  const query = { watch: true, allowWatchBookmarks: true, ...selection };
  for await (const line of transport.getLines(path, { query, signal, idleTimeout, ...(onOpen && { onOpen }) })) {
    yield parseChange(line, where);
  }
}

function parseChange(line: string, where: string): WatchChange {
  const { type, object } = parseEvent(line, where);
  if (type === 'ERROR') throw statusEventError(where, object);
  if (type === 'BOOKMARK') {
    const resourceVersion = (object as { metadata?: { resourceVersion?: unknown } } | null)?.metadata?.resourceVersion;
    if (typeof resourceVersion === 'string' && resourceVersion !== '') return { type: 'bookmark', resourceVersion };
  } else if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') {
    const known = readKubeObject(object, where);
    const { resourceVersion } = known.metadata;
    return { type: type === 'DELETED' ? 'removed' : 'put', resourceVersion, object: known };
  }
  throw new WatcherError('RESPONSE_INVALID', `${where}: a line of the watch is not an event`);
}

function parseEvent(line: string, where: string): { type?: unknown; object?: unknown } {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    throw new WatcherError('RESPONSE_INVALID', `${where}: a line of the watch is not JSON`);
  }
}
