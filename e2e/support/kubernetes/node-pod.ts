import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dockerd } from '../dockerd.ts';
import { follow, type RunningAgent } from '../running-agent.ts';
import type { InstalledChart } from './install-chart.ts';
import { agentContainer, agentEnvironment, agentPod, agentWorkload, type RenderedPod } from './rendered-agent.ts';
import { type ServiceAccountVolume, serviceAccountVolume } from './service-account-volume.ts';
import type { KubeApiserver } from './start-kube-apiserver.ts';

/** The pod of an installed chart on a node whose kubelet is a test: its container runs in a real dockerd. */
export interface NodePod {
  /** What it is called in the cluster. */
  readonly name: string;
  readonly serviceAccount: ServiceAccountVolume;
  /** The folder on the node that a volume is. */
  volume(name: string): string;
  /** Starts the container, also again: volumes are the pod's and outlive it. One at a time. */
  start(): RunningContainer;
}

/** The agent's container. */
export interface RunningContainer extends Omit<RunningAgent, 'end'> {
  /** Sends SIGTERM and, after the pod's grace period, SIGKILL. @returns exit code: 143 or 137 */
  stop(): Promise<number | NodeJS.Signals | null>;
  /** Asks what one of the chart's probes asks. */
  probe(kind: 'liveness' | 'readiness'): Promise<boolean>;
}

/** Where the pod runs. */
export interface NodePodOptions {
  readonly dockerd: Dockerd;
  readonly apiserver: KubeApiserver;
  /** Name of the node. */
  readonly node: string;
  /** An empty folder for its volumes. */
  readonly directory: string;
}

/** What the kubelet mounts where no pod says so. */
const serviceAccountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Prepares what a kubelet prepares for the pod: volumes, token, environment. Only the network is another: the host's,
 * where the API server and everything else of the test is.
 */
export async function nodePod(chart: InstalledChart, options: NodePodOptions): Promise<NodePod> {
  const { dockerd, apiserver, node, directory } = options;
  const pod = agentPod(chart.objects);
  const group = Number(pod.spec.securityContext.fsGroup ?? 0);
  const sources = new Map<string, string>();
  for (const volume of pod.spec.volumes) sources.set(volume.name, await prepareVolume(volume, directory, group));
  const serviceAccount = await serviceAccountVolume(join(directory, 'service-account'), {
    ...{ token: chart.token, ca: apiserver.ca, namespace: chart.namespace, group },
  });
  const name = `${agentWorkload(chart.objects).metadata.name}-0`;
  const command = runCommand(chart, {
    mounts: [...mountsOf(pod, sources), `${serviceAccount.directory}:${serviceAccountPath}:ro`],
    environment: {
      ...agentEnvironment(chart.objects, fieldsOf({ name, namespace: chart.namespace, node })),
      ...serviceEnvironment(apiserver),
    },
  });
  let started = 0;
  return {
    ...{ name, serviceAccount },
    volume: (volume) => sources.get(volume)!,
    start() {
      started += 1;
      return startContainer(dockerd, pod, `${chart.namespace}-${started}`, command);
    },
  };
}

type Volume = RenderedPod['spec']['volumes'][number];

/** The folder or file on the node that a volume is, made as the kubelet makes it. */
async function prepareVolume(volume: Volume, directory: string, group: number): Promise<string> {
  const { emptyDir, hostPath } = volume as { emptyDir?: object; hostPath?: { path: string; type?: string } };
  if (hostPath !== undefined) {
    const { path, type } = hostPath;
    const found = await stat(path);
    const isAsSaid = type === 'Socket' ? found.isSocket() : type === 'Directory' && found.isDirectory();
    if (!isAsSaid) throw new Error(`${path} is no ${type}`);
    return path;
  }
  if (emptyDir === undefined) throw new Error(`This kubelet knows no such volume: ${JSON.stringify(volume)}`);
  const folder = join(directory, volume.name);
  await mkdir(folder);
  await chown(folder, 0, group);
  await chmod(folder, group === 0 ? 0o777 : 0o2777);
  return folder;
}

function mountsOf(pod: RenderedPod, sources: ReadonlyMap<string, string>): string[] {
  const [container] = pod.spec.containers;
  return container!.volumeMounts.map(({ name, mountPath, readOnly }) => {
    const source = sources.get(name);
    if (source === undefined) throw new Error(`No volume ${name} in the pod`);
    return `${source}:${mountPath}${readOnly ? ':ro' : ''}`;
  });
}

/** Fields of the pod that variables are taken from. */
function fieldsOf({ name, namespace, node }: Record<'name' | 'namespace' | 'node', string>): Record<string, string> {
  return {
    'metadata.name': name,
    'metadata.namespace': namespace,
    'spec.nodeName': node,
    'status.podIP': '127.0.0.1',
    'status.hostIP': '127.0.0.1',
  };
}

/** What every container gets. */
function serviceEnvironment({ url }: KubeApiserver): Record<string, string> {
  const { hostname, port } = new URL(url);
  return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
}

interface Surroundings {
  readonly mounts: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Options, image and arguments of `docker run` for the container. */
function runCommand({ objects }: InstalledChart, { mounts, environment }: Surroundings): string[] {
  const container = agentContainer(objects);
  const { fsGroup, ...context } = { ...agentPod(objects).spec.securityContext, ...container.securityContext } as {
    readonly fsGroup?: number;
    readonly runAsUser: number;
    readonly runAsGroup: number;
    readonly runAsNonRoot?: boolean;
    readonly privileged: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem: boolean;
    readonly capabilities?: { readonly drop: readonly string[] };
  };
  if (context.runAsNonRoot && context.runAsUser === 0) throw new Error('The kubelet would not start it: it is root');
  return [
    `--user=${context.runAsUser}:${context.runAsGroup}`,
    ...(fsGroup === undefined ? [] : [`--group-add=${fsGroup}`]),
    ...(context.privileged ? ['--privileged'] : []),
    ...(context.readOnlyRootFilesystem ? ['--read-only'] : []),
    ...(context.allowPrivilegeEscalation === false ? ['--security-opt=no-new-privileges'] : []),
    ...(context.capabilities?.drop ?? []).map((name) => `--cap-drop=${name}`),
    ...mounts.map((mount) => `--volume=${mount}`),
    ...Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`),
    ...[container.image, ...container.args],
  ];
}

function startContainer(
  dockerd: Dockerd,
  pod: RenderedPod,
  name: string,
  command: readonly string[],
): RunningContainer {
  const run = ['-H', `unix://${dockerd.socketPath}`, 'run', '--network=host', `--name=${name}`, ...command];
  const { end: _, ...agent } = follow(spawn('docker', run, { stdio: ['ignore', 'pipe', 'pipe'] }));
  const [container] = pod.spec.containers;
  return {
    ...agent,
    async stop() {
      await dockerd.docker('stop', `--time=${String(pod.spec.terminationGracePeriodSeconds)}`, name);
      return await agent.ended;
    },
    async probe(kind) {
      const { httpGet, timeoutSeconds } = container![`${kind}Probe`] as Probe;
      const port = container!.ports.find((one) => one.name === httpGet.port)!.containerPort;
      const signal = AbortSignal.timeout(timeoutSeconds * 1000);
      try {
        return (await fetch(`http://127.0.0.1:${port}${httpGet.path}`, { signal })).ok;
      } catch {
        // No answer in time is an answer to a probe.
        return false;
      }
    },
    async peakMemory() {
      const pid = (await dockerd.docker('inspect', '--format={{.State.Pid}}', name)).trim();
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    },
    async [Symbol.asyncDispose]() {
      await dockerd.docker('rm', '--force', name);
      await agent.ended;
    },
  };
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly timeoutSeconds: number;
}
