import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runToEnd } from '../run-tool.ts';
import { kubectlAndHelm } from './helm-and-kubectl.ts';

/** The folder of the agent's chart. */
export const chartFolder: string = join(import.meta.dirname, '..', '..', '..', 'charts', 'falcon-image-analyzer');

/** An object of the Kubernetes API as the chart writes it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** How a chart is rendered. */
export interface RenderOptions {
  /** Default `imageanalyzer`. */
  readonly release?: string;
  /** Default `falcon-image-analyzer`. */
  readonly namespace?: string;
  /** Version of the API server that the chart is told, such as `1.31`; helm's own choice when absent. */
  readonly kubeVersion?: string;
  /** Folder of the chart; the agent's when absent. */
  readonly chart?: string;
}

/** Renders the chart to YAML. Rejects with what helm says where the chart refuses the values (`values.yaml`'s keys). */
export async function renderChartYaml(values: object, options: RenderOptions = {}): Promise<string> {
  const { release = 'imageanalyzer', namespace = 'falcon-image-analyzer', kubeVersion, chart = chartFolder } = options;
  const version = kubeVersion === undefined ? [] : ['--kube-version', kubeVersion];
  return await helm(['template', release, chart, '--namespace', namespace, ...version], values);
}

/** Renders the chart to objects, in the order of installation. A key that is there twice is an error. */
export async function renderChart(values: object, options: RenderOptions = {}): Promise<KubeObject[]> {
  const documents = parseAllDocuments(await renderChartYaml(values, options), { uniqueKeys: true, strict: true });
  return [...documents].flatMap((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw problem;
    const object: unknown = document.toJS();
    return object === null ? [] : [object as KubeObject];
  });
}

/** Runs helm's linter over the chart with warnings as errors and gives what it says; rejects where it finds something. */
export async function lintChart(values: object, options: Pick<RenderOptions, 'kubeVersion'> = {}): Promise<string> {
  const version = options.kubeVersion === undefined ? [] : ['--kube-version', options.kubeVersion];
  return await helm(['lint', '--strict', chartFolder, ...version], values);
}

/** Runs helm without the settings of whoever runs the tests; `values` are its only values file. */
async function helm(args: readonly string[], values: object): Promise<string> {
  const programs = await kubectlAndHelm();
  const result = await runToEnd(programs.helm, [...args, '--values', '-'], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    input: JSON.stringify(values),
  });
  if (result.code !== 0) throw new Error(`helm ${args[0]}: ${result.stderr}${result.stdout}`);
  return result.stdout;
}
