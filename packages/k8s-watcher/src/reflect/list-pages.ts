import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { WatcherError } from '../watcher-error.ts';
import { type KubeObject, readKubeObject } from './kube-object.ts';

/** Which collection to list. */
export interface ListRequest {
  readonly path: string;
  /** Objects a page may have. */
  readonly pageSize: number;
  readonly fieldSelector: string | undefined;
  readonly labelSelector: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads a whole collection page by page, as it was at one moment.
 *
 * @param onObject - Gets each object. Where the list fails, what it got is to be thrown away.
 * @returns The resource version to watch from.
 * @throws WatcherError, among them `GONE` where the server no longer knows the moment of the first page.
 */
export async function listPages(
  transport: ClusterTransport,
  request: ListRequest,
  onObject: (object: KubeObject) => void,
): Promise<string> {
  const where = `GET ${transport.host}${request.path}`;
  let limit = request.pageSize;
  let resourceVersion: string | undefined;
  let token: string | undefined;
  do {
    const body = await readPage(transport, request, limit, token);
    if (body === undefined) {
      limit = Math.ceil(limit / 4);
      continue;
    }
    const page = parsePage(body, where);
    for (const item of page.items) onObject(readKubeObject(item, where));
    if (page.next !== undefined && page.next === token) {
      throw new WatcherError('RESPONSE_INVALID', `${where}: the continue token leads to its own page`);
    }
    resourceVersion ??= page.resourceVersion;
    token = page.next;
  } while (token !== undefined || resourceVersion === undefined);
  return resourceVersion;
}

/** One page; `undefined` where it is too large and a smaller one may not be. */
async function readPage(
  transport: ClusterTransport,
  { path, fieldSelector, labelSelector, signal }: ListRequest,
  limit: number,
  token: string | undefined,
): Promise<unknown> {
  try {
    const query = { limit, continue: token, fieldSelector, labelSelector };
    return await transport.getJson(path, { query, signal });
  } catch (error) {
    if (error instanceof WatcherError && error.code === 'RESPONSE_TOO_LARGE' && limit > 1) return undefined;
    throw error;
  }
}

interface Page {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  readonly next: string | undefined;
}

function parsePage(body: unknown, where: string): Page {
  const { items, metadata } = (body ?? {}) as { items?: unknown; metadata?: { [field: string]: unknown } | null };
  const { resourceVersion, continue: next } = metadata ?? {};
  // Go writes an empty list as null.
  if (!(Array.isArray(items) || items === null) || typeof resourceVersion !== 'string' || resourceVersion === '') {
    throw new WatcherError('RESPONSE_INVALID', `${where}: the answer is not a list with a resource version`);
  }
  return { items: items ?? [], resourceVersion, next: typeof next === 'string' && next !== '' ? next : undefined };
}
