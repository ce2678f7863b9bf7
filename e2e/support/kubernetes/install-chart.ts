import { join } from 'node:path';
import { runTool } from '../run-tool.ts';
import { kubectlAndHelm } from './helm-and-kubectl.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { type KubeObject, type RenderOptions, renderChart, renderChartYaml } from './render-chart.ts';
import { agentEnvironment, agentPod, agentWorkload } from './rendered-agent.ts';
import type { Kubernetes } from './start-kubernetes.ts';

/** The chart in a cluster that has no controllers: its objects are there, and nothing runs yet. */
export interface InstalledChart {
  /** What the chart rendered. */
  readonly objects: readonly KubeObject[];
  /** The namespace of the agent. */
  readonly namespace: string;
  /** Name of the service account that the agent's pod has. */
  readonly serviceAccount: string;
  /** What a kubelet would give the agent's container. */
  readonly environment: Readonly<Record<string, string>>;
  /** A token of that service account. */
  readonly token: string;
  /** Path of a kubeconfig with that token. */
  readonly kubeconfig: string;
}

/**
 * Renders the chart and applies it as `helm template … | kubectl apply --server-side` does.
 *
 * @param options a release and a namespace of its own for a second chart in the same cluster
 */
export async function installChart(
  kubernetes: Kubernetes,
  values: object,
  { namespace = 'falcon-image-analyzer', ...options }: RenderOptions = {},
): Promise<InstalledChart> {
  const { apiserver, cluster, directory } = kubernetes;
  await cluster.createNamespace(namespace);
  await applyChart(kubernetes, await renderChartYaml(values, { namespace, ...options }));
  const objects = await renderChart(values, { namespace, ...options });
  const serviceAccount = String(agentPod(objects).spec.serviceAccountName);
  const token = await cluster.serviceAccountToken(namespace, serviceAccount);
  const { url, ca } = apiserver;
  const name = agentWorkload(objects).metadata.name;
  return {
    ...{ objects, namespace, serviceAccount },
    environment: agentEnvironment(objects, { 'metadata.name': `${name}-0`, 'metadata.namespace': namespace }),
    token,
    kubeconfig: await writeKubeconfig(join(directory, `${namespace}.kubeconfig`), { url, ca, token }),
  };
}

/** Applies rendered YAML on the server's side; `options` such as `--dry-run=server`. Rejects with what it refuses. */
export async function applyChart(
  { apiserver }: Pick<Kubernetes, 'apiserver'>,
  yaml: string,
  ...options: readonly string[]
): Promise<string> {
  const { kubectl } = await kubectlAndHelm();
  const asAdmin = ['--kubeconfig', apiserver.kubeconfig];
  return await runTool(kubectl, [...asAdmin, 'apply', '--server-side', ...options, '-f', '-'], { input: yaml });
}
