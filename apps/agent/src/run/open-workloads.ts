import { hostname } from 'node:os';
import { clusterId, compileExclusions, type ImageExclusions, WatcherError } from '@falcon-iar/k8s-watcher';
import { hostPlatform, type Keychain, type RegistryClient } from '@falcon-iar/oci-registry';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../observe/logger.ts';
import { openCluster } from '../workload/cluster-transport.ts';
import { clusterWorkloads } from '../workload/cluster-workloads.ts';
import { discoverSecrets } from '../workload/discovered-secrets.ts';
import { createPullCredentials } from '../workload/pull-credentials.ts';
import type { Workloads } from '../workload/workloads.ts';
import type { AgentEnvironment } from './agent-environment.ts';

/** What images are found with. */
export interface OpenWorkloadsOptions {
  readonly registry: RegistryClient;
  /** The credentials the agent itself was given. */
  readonly keychain: Keychain;
  readonly environment: AgentEnvironment;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The workloads, and the runtime they run on where that is one. */
export interface OpenedWorkloads {
  readonly workloads: Workloads;
  readonly runtimeType: string | undefined;
}

/**
 * The containers that the settings tell to look after.
 *
 * @throws UsageError, WatcherError, RuntimeError for settings that lead nowhere; the signal's reason
 */
export function openWorkloads(settings: Settings, options: OpenWorkloadsOptions): Promise<OpenedWorkloads> {
  return settings.runmode === 'watcher' ? openWatcher(settings, options) : openSocket(settings, options);
}

async function openWatcher(settings: Settings, options: OpenWorkloadsOptions): Promise<OpenedWorkloads> {
  const { registry, keychain, environment, logger, signal } = options;
  const exclude = exclusionsOf(settings);
  // A rule that could never match is told before anything is asked.
  compileExclusions(exclude);
  const transport = await openCluster({
    kubeconfig: settings.kubeconfig,
    environment,
    signal,
  });
  // What is opened here belongs to the workloads, once there are some.
  await using opened = new AsyncDisposableStack();
  opened.use(transport);
  const { secretsAutodiscover, registryCredentials, listPageSize: pageSize } = settings;
  const credentials = opened.use(
    createPullCredentials({
      transport,
      named: secretsAutodiscover ? [] : registryCredentials,
      discovered: secretsAutodiscover ? discoverSecrets(transport, logger) : undefined,
      own: keychain,
      logger,
    }),
  );
  const workloads = await clusterWorkloads({ transport, registry, credentials, exclude, pageSize, logger, signal });
  opened.move();
  return { workloads, runtimeType: undefined };
}

async function openSocket(settings: Settings, options: OpenWorkloadsOptions): Promise<OpenedWorkloads> {
  // Only this mode waits for the protocols of the runtimes to load.
  const [{ findRuntime }, { runtimeWorkloads }] = await Promise.all([
    import('../workload/find-runtime.ts'),
    import('../workload/runtime-workloads.ts'),
  ]);
  const { registry, keychain, environment, logger, signal } = options;
  const { isKubernetes } = settings;
  const exclude = compileExclusions(exclusionsOf(settings));
  const namespace = environment.CONTAINERD_NAMESPACE;
  const runtime = await findRuntime({
    ...{ kind: settings.runtime, socketPath: settings.runtimeSocket, isKubernetes, namespace, signal },
  });
  await using opened = new AsyncDisposableStack();
  opened.use(runtime);
  const workloads = runtimeWorkloads({
    ...{ runtime, registry, keychain, exclude, logger },
    hostName: settings.podNodeName ?? hostname(),
    nodeName: settings.podNodeName,
    clusterId: isKubernetes ? await askClusterId(settings, options) : '',
    platform: hostPlatform(),
  });
  opened.move();
  return { workloads, runtimeType: runtime.kind };
}

/** A node's agent works without its cluster; only what it reports then lacks the id. */
async function askClusterId(
  settings: Settings,
  { environment, logger, signal }: OpenWorkloadsOptions,
): Promise<string> {
  try {
    await using transport = await openCluster({
      kubeconfig: settings.kubeconfig,
      environment,
      signal,
    });
    return await clusterId(transport, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
  } catch (err) {
    signal.throwIfAborted();
    const isExpected =
      err instanceof WatcherError || (err instanceof Error && /UsageError|TimeoutError/.test(err.name));
    if (!isExpected) throw err;
    logger.warn('the API server does not tell which cluster this is; reports go without its id', { err });
    return '';
  }
}

function exclusionsOf({ namespaceExclusions, registryExclusions, imageExclusions }: Settings): ImageExclusions {
  return { namespaces: namespaceExclusions, registries: registryExclusions, images: imageExclusions };
}
