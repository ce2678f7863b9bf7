import type { RuntimeKind } from '@falcon-iar/runtime-socket';
import type { SettingRows } from '../setting.ts';
import { socketPath } from '../values/address.ts';
import { listOf } from '../values/list-of.ts';
import { boolean, oneOf, text, wholeNumber } from '../values/one-value.ts';

/** How the agent learns which images run: from the Kubernetes API, or from the runtime of one node. */
export type RunMode = 'watcher' | 'socket';

/** How the agent runs. */
export interface RunSettings {
  readonly config: string | undefined;
  readonly runmode: RunMode;
  readonly runtime: RuntimeKind | undefined;
  /** Absolute path. */
  readonly runtimeSocket: string | undefined;
  readonly clusterName: string | undefined;
  readonly isKubernetes: boolean;
  /** Paths; the first that sets something wins. Empty: none was named. */
  readonly kubeconfig: readonly string[];
  /** Pods in one page of a list. */
  readonly listPageSize: number;
  readonly drainSeconds: number;
  readonly chartVersion: string | undefined;
}

const runtimes: readonly RuntimeKind[] = ['docker', 'containerd', 'crio', 'podman'];

/** Rows of {@link RunSettings}. */
export const runSettings: SettingRows<RunSettings> = {
  config: {
    env: 'IAR_CONFIG',
    argument: 'file',
    schema: text,
    closedTo: ['file'],
    default: undefined,
    description: 'A configuration file, YAML or JSON. Its keys are the names of the flags without the leading dashes.',
    example: '/etc/iar/config.yaml',
  },
  runmode: {
    env: 'AGENT_RUNMODE',
    argument: 'watcher|socket',
    schema: oneOf(['watcher', 'socket']),
    required:
      'watcher (one agent for a cluster, asks the Kubernetes API) or socket (one agent for each node, asks its runtime)',
    description:
      'Where the agent learns which images run: `watcher` asks the Kubernetes API, one agent for a cluster; ' +
      '`socket` asks the container runtime, one agent for each node.',
  },
  runtime: {
    env: 'AGENT_RUNTIME',
    argument: runtimes.join('|'),
    schema: oneOf(runtimes),
    default: undefined,
    defaultText: 'found by the usual sockets',
    description: 'The container runtime of the node, for `socket`.',
  },
  runtimeSocket: {
    env: 'AGENT_RUNTIME_SOCKET',
    argument: 'path',
    schema: socketPath,
    default: undefined,
    defaultText: "the runtime's usual socket",
    description: 'Where the runtime listens: an absolute path, or `unix://` and one.',
    example: 'unix:///run/containerd/containerd.sock',
  },
  clusterName: {
    env: 'AGENT_CLUSTER_NAME',
    argument: 'name',
    schema: text,
    default: undefined,
    description: 'The name of the cluster in what is reported.',
    example: 'production-1',
  },
  isKubernetes: {
    env: 'IS_KUBERNETES',
    argument: 'true|false',
    schema: boolean,
    default: false,
    description: 'Whether the agent runs in a pod, so that it can ask the cluster for its id. The chart sets it.',
  },
  kubeconfig: {
    env: 'KUBECONFIG',
    argument: 'file',
    schema: listOf(text, /:/),
    list: true,
    default: [],
    defaultText: 'the service account of the pod, else `~/.kube/config`',
    description:
      'How to reach the Kubernetes API from outside the cluster: files joined by colons, as kubectl reads them.',
    format: (paths) => paths.join(':'),
  },
  listPageSize: {
    env: 'WATCHER_LIST_PAGESIZE',
    argument: 'number',
    schema: wholeNumber(1, 1_000_000),
    default: 500,
    description: 'Pods that are asked for at once when the Kubernetes API lists them.',
  },
  drainSeconds: {
    env: 'IAR_DRAIN_SECONDS',
    argument: 'seconds',
    schema: wholeNumber(0, 3600),
    default: 20,
    description:
      'How long the agent finishes and delivers what it has begun after it was told to stop. Keep it below the grace ' +
      'period of the pod.',
  },
  chartVersion: {
    env: 'AGENT_HELM_VERSION',
    argument: 'version',
    schema: text,
    default: undefined,
    description: 'The version of the chart in what is reported. The chart sets it.',
  },
};
