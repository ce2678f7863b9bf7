import { readKubeObject } from '../reflect/kube-object.ts';
import type { ClusterTransport } from '../transport/cluster-transport.ts';

/** What stays the same for the life of a cluster: the uid of its `kube-system` namespace. Needs `get` on `namespaces`. */
export async function clusterId(
  transport: ClusterTransport,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const path = '/api/v1/namespaces/kube-system';
  const namespace = await transport.getJson(path, { signal });
  return readKubeObject(namespace, `GET ${transport.host}${path}`).metadata.uid;
}
