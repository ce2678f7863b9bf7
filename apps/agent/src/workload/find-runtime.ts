import {
  createRuntime,
  defaultEndpoints,
  detectRuntime,
  parseEndpoint,
  type Runtime,
  type RuntimeEndpoint,
  type RuntimeKind,
} from '@falcon-iar/runtime-socket';
import { UsageError } from '../cli/usage-error.ts';

/** What is said of the runtime. */
export interface RuntimeChoice {
  readonly kind: RuntimeKind | undefined;
  /** Absolute path. */
  readonly socketPath: string | undefined;
  readonly isKubernetes: boolean;
  /** containerd's. Default: that of Kubernetes. */
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

/** Docker and Podman stand on runtimes that may answer as well; on a node of Kubernetes the latter are meant. */
const onNodes: readonly RuntimeKind[] = ['containerd', 'crio', 'docker', 'podman'];
const onHosts: readonly RuntimeKind[] = ['docker', 'podman', 'containerd', 'crio'];

/**
 * Opens the runtime that was named, or the first that answers at its usual socket.
 *
 * @throws UsageError where none answers; RuntimeError `ENDPOINT_INVALID`
 */
export async function findRuntime({
  kind,
  socketPath,
  isKubernetes,
  namespace,
  signal,
}: RuntimeChoice): Promise<Runtime> {
  const within = namespace === undefined ? {} : { namespace };
  if (kind !== undefined) return createRuntime({ ...parseEndpoint(socketPath ?? `${kind}:`, { kind }), ...within });
  const order = isKubernetes ? onNodes : onHosts;
  const usual = defaultEndpoints().sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const candidates: RuntimeEndpoint[] =
    socketPath === undefined ? usual : order.map((candidate) => ({ kind: candidate, socketPath }));
  const { found, refused } = await detectRuntime({ candidates, signal });
  const [first] = found;
  if (first !== undefined) return createRuntime({ ...first.endpoint, ...within });
  const reasons = refused.map(({ error }) => error.message).join('; ');
  throw new UsageError(
    `no container runtime answers: ${reasons}`,
    'mount the socket of the runtime, and set AGENT_RUNTIME and AGENT_RUNTIME_SOCKET',
  );
}
