import { mergeStreams } from '../reflect/merge-streams.ts';
import type { ResourceEvent } from '../reflect/resource-event.ts';
import { type WatchTuning, watchResource } from '../reflect/watch-resource.ts';
import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { WatcherError } from '../watcher-error.ts';
import type { PullSecret } from './pull-secrets.ts';
import { readDockerConfig } from './read-docker-config.ts';

/** Where to look for pull secrets. */
export interface WatchPullSecretsOptions extends WatchTuning {
  /** Default: all namespaces. */
  readonly namespace?: string;
}

const types = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

/**
 * The Secrets of the types that Kubernetes pulls images with, and how they change, without end; a Secret without
 * content of its type is passed over. There is one `synced` for each of the two types.
 *
 * Needs `list` and `watch` on `secrets`. Errors as in `watchResource`.
 */
export function watchPullSecrets(
  transport: ClusterTransport,
  options: WatchPullSecretsOptions = {},
): AsyncGenerator<ResourceEvent<PullSecret>, void, undefined> {
  const { namespace, signal, ...tuning } = options;
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const path = `/api/v1${within}/secrets`;
  const sources = types.map(
    (type) => (inner: AbortSignal) =>
      watchResource(transport, {
        ...tuning,
        path,
        fieldSelector: `type=${type}`,
        transform: toPullSecret,
        signal: inner,
      }),
  );
  return mergeStreams(sources, signal);
}

function toPullSecret(object: unknown): PullSecret | undefined {
  const { name, namespace = 'default' } = (object as { metadata: { name: string; namespace?: string } }).metadata;
  try {
    return { namespace, name, ...readDockerConfig(object, `secret ${namespace}/${name}`) };
  } catch (error) {
    if (error instanceof WatcherError) return undefined;
    throw error;
  }
}
