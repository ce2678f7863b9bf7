import type { KubeObject } from './render-chart.ts';

/** A container as far as the tests look at it. */
export interface RenderedContainer {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: unknown;
  readonly readinessProbe: unknown;
  readonly resources?: unknown;
  readonly envFrom: readonly { readonly configMapRef?: Reference; readonly secretRef?: Reference }[];
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
  }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

/** A pod template as far as the tests look at it. */
export interface RenderedPod {
  readonly metadata: KubeObject['metadata'];
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly containers: readonly RenderedContainer[];
    readonly volumes: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
    readonly securityContext: Readonly<Record<string, unknown>>;
  };
}

interface Reference {
  readonly name: string;
}

/** The one workload that the chart renders. */
export function agentWorkload(objects: readonly KubeObject[]): KubeObject {
  const [workload, ...more] = objects.filter(({ apiVersion }) => apiVersion === 'apps/v1');
  if (!workload || more.length > 0) throw new Error(`${more.length + (workload ? 1 : 0)} workloads instead of one`);
  return workload;
}

/** The pod template of the rendered workload. */
export function agentPod(objects: readonly KubeObject[]): RenderedPod {
  return (agentWorkload(objects).spec as { readonly template: RenderedPod }).template;
}

/** The agent's container in the rendered workload. */
export function agentContainer(objects: readonly KubeObject[]): RenderedContainer {
  const [container, ...more] = agentPod(objects).spec.containers;
  if (!container || more.length > 0) throw new Error('The pod has not exactly one container');
  return container;
}

/**
 * The environment that a kubelet would give the agent's container: the ConfigMaps and Secrets that the chart renders
 * (those it merely names count as empty), then the container's own variables.
 *
 * @param fields value of each field of the pod that a variable may be taken from, such as `spec.nodeName`
 */
export function agentEnvironment(
  objects: readonly KubeObject[],
  fields: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const container = agentContainer(objects);
  const environment: Record<string, string> = {};
  for (const { configMapRef, secretRef } of container.envFrom) {
    if (configMapRef) Object.assign(environment, dataOf(objects, 'ConfigMap', configMapRef.name));
    if (secretRef) {
      const data = Object.entries(dataOf(objects, 'Secret', secretRef.name));
      Object.assign(environment, Object.fromEntries(data.map(([name, value]) => [name, decode(value)])));
    }
  }
  for (const { name, value, valueFrom } of container.env) {
    const given = value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''];
    if (given !== undefined) environment[name] = given;
  }
  return environment;
}

function dataOf(objects: readonly KubeObject[], kind: string, name: string): Record<string, string> {
  const object = objects.find((candidate) => candidate.kind === kind && candidate.metadata.name === name);
  return { ...(object?.data as Record<string, string> | undefined) };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
