import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { WatcherError } from '../watcher-error.ts';
import { readDockerConfig } from './read-docker-config.ts';

/** Whose pull secrets to find; the `context` of a `PodImage` is one. */
export interface PullSecretOwner {
  readonly namespace: string;
  readonly serviceAccountName?: string;
  /** Names of the pod's own `imagePullSecrets`. */
  readonly pullSecretNames?: readonly string[];
}

/** A Secret with registry credentials. */
export interface PullSecret {
  readonly namespace: string;
  readonly name: string;
  /** `config.json` has `{"auths": {…}}`; the older `.dockercfg` has what is inside. */
  readonly format: 'config.json' | '.dockercfg';
  /** JSON text as the Secret has it, decoded from base64 but not checked. It holds credentials. */
  readonly dockerConfig: string;
}

/** A Secret or service account that could not be used. */
export interface PullSecretProblem {
  readonly namespace: string;
  /** `secret/NAME` or `serviceaccount/NAME`. */
  readonly object: string;
  readonly error: WatcherError;
}

/** What was found. */
export interface PullSecrets {
  /** Those of the pod, then those of its service account, each once. */
  readonly secrets: readonly PullSecret[];
  readonly problems: readonly PullSecretProblem[];
}

/** No pod needs more; a hostile one must not make us ask without end. */
const mostSecrets = 100;

/**
 * The pull secrets of a pod and of its service account. One that is missing, forbidden or malformed becomes a problem and
 * the others are still given. Needs `get` on `secrets`, and on `serviceaccounts` for those of the service account.
 *
 * @throws WatcherError where the API server itself fails, such as `NETWORK` or `UNAUTHORIZED`.
 */
export async function pullSecretsFor(
  transport: ClusterTransport,
  owner: PullSecretOwner,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<PullSecrets> {
  const { namespace, serviceAccountName, pullSecretNames = [] } = owner;
  const secrets: PullSecret[] = [];
  const problems: PullSecretProblem[] = [];
  const get = async <T>(resource: string, name: string, read: (object: unknown, where: string) => T) => {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}s/${encodeURIComponent(name)}`;
    try {
      return read(await transport.getJson(path, { signal }), `GET ${transport.host}${path}`);
    } catch (error) {
      if (!(error instanceof WatcherError) || !aboutOneObject.has(error.code)) throw error;
      problems.push({ namespace, object: `${resource}/${name}`, error });
      return undefined;
    }
  };
  const inherited = serviceAccountName && (await get('serviceaccount', serviceAccountName, readSecretNames));
  const names = [...new Set([...pullSecretNames, ...(inherited || [])])].slice(0, mostSecrets);
  for (const name of names) {
    const secret = await get('secret', name, readDockerConfig);
    if (secret !== undefined) secrets.push({ namespace, name, ...secret });
  }
  return { secrets, problems };
}

const aboutOneObject: ReadonlySet<string> = new Set(['FORBIDDEN', 'NOT_FOUND', 'RESPONSE_INVALID', 'REQUEST_REJECTED']);

function readSecretNames(account: unknown): string[] {
  const { imagePullSecrets } = (account ?? {}) as { imagePullSecrets?: unknown };
  const list: unknown[] = Array.isArray(imagePullSecrets) ? imagePullSecrets : [];
  return list
    .map((entry) => (entry as { name?: unknown } | null)?.name)
    .filter((name): name is string => typeof name === 'string' && name !== '');
}
