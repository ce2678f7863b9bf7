import { join } from 'node:path';
import { runTool } from '../run-tool.ts';
import { kubectlAndHelm } from './helm-and-kubectl.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { renderChart, renderChartYaml } from './render-chart.ts';
import { agentEnvironment, agentPod, agentWorkload } from './rendered-agent.ts';
import type { Kubernetes } from './start-kubernetes.ts';

/** The chart in a cluster that has no controllers: its objects are there, and nothing runs yet. */
export interface InstalledChart {
  /** What a kubelet would give the agent's container. */
  readonly environment: Readonly<Record<string, string>>;
  /** A token of the service account that the agent's pod has. */
  readonly token: string;
  /** Path of a kubeconfig with that token. */
  readonly kubeconfig: string;
}

const namespace = 'falcon-image-analyzer';

/** Renders the chart and applies it as `helm template … | kubectl apply --server-side` does. */
export async function installChart(kubernetes: Kubernetes, values: object): Promise<InstalledChart> {
  const { apiserver, cluster, directory } = kubernetes;
  await cluster.createNamespace(namespace);
  await applyChart(kubernetes, await renderChartYaml(values, { namespace }));
  const objects = await renderChart(values, { namespace });
  const account = String(agentPod(objects).spec.serviceAccountName);
  const token = await cluster.serviceAccountToken(namespace, account);
  const { url, ca } = apiserver;
  const name = agentWorkload(objects).metadata.name;
  return {
    environment: agentEnvironment(objects, { 'metadata.name': `${name}-0`, 'metadata.namespace': namespace }),
    token,
    kubeconfig: await writeKubeconfig(join(directory, 'agent.kubeconfig'), { url, ca, token }),
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
