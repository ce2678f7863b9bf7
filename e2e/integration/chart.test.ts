import { describe, expect, it } from 'vitest';
import { falconCredentials, socketValues, watcherValues } from '../support/kubernetes/chart-values.ts';
import { publicEnvironment, publicSocketEnvironment } from '../support/kubernetes/public-chart.ts';
import { type KubeObject, lintChart, renderChart } from '../support/kubernetes/render-chart.ts';
import { agentContainer, agentEnvironment, agentPod, agentWorkload } from '../support/kubernetes/rendered-agent.ts';

const modes = [
  ['watcher', watcherValues],
  ['socket', socketValues],
] as const;
const none = { drop: ['ALL'] };

describe.each(modes)('the chart in %s mode', (mode, values) => {
  it.each(['1.20', '1.31'])('passes the linter and renders for Kubernetes %s', async (kubeVersion) => {
    expect(await lintChart(values, { kubeVersion })).toContain('0 chart(s) failed');
    const objects = await renderChart(values, { kubeVersion });
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      ...['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', mode === 'watcher' ? 'Deployment' : 'DaemonSet'],
      ...['Secret', 'ServiceAccount'],
    ]);
  });

  it('sets every variable of the public chart, each once', async () => {
    const objects = await renderChart(values);
    const data = objectOf(objects, 'ConfigMap').data as Record<string, string>;
    const expected = [...publicEnvironment, ...(mode === 'socket' ? publicSocketEnvironment : [])];
    expect(
      Object.keys(data)
        .filter((name) => !/^IAR_(?!AGENT)/.test(name))
        .sort(),
    ).toEqual([...expected].sort());
    const { env } = agentContainer(objects);
    const names = [...Object.keys(data), ...Object.keys(secretOf(objects)), ...env.map(({ name }) => name)];
    expect(names).toEqual([...new Set(names)]);
    expect(Object.values(data).filter((value) => typeof value !== 'string')).toEqual([]);
  });

  it('tells the pod its place', async () => {
    const fields = {
      'metadata.name': 'agent-1',
      'metadata.namespace': 'iar',
      'spec.nodeName': 'node-1',
      'status.hostIP': '192.0.2.1',
      'status.podIP': '10.0.0.1',
    };
    expect(agentEnvironment(await renderChart(values), fields)).toMatchObject({
      ...{ POD_NAME: 'agent-1', POD_NAMESPACE: 'iar', POD_NODE_NAME: 'node-1', POD_NODE_IP: '192.0.2.1' },
      ...{ POD_IP: '10.0.0.1', __CS_KAC_NAMESPACE: 'falcon-kac' },
    });
  });

  it('passes the run mode as the public chart does, and probes what the agent serves', async () => {
    const container = agentContainer(await renderChart({ ...values, iar: { httpPort: 9090 } }));
    expect(container).toMatchObject({
      image: 'registry.example/iar:0.1.0',
      args: ['-runmode', mode],
      ports: [{ name: 'http', containerPort: 9090 }],
      livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    });
  });

  it('keeps credentials out of everything but the Secret, those of a proxy too', async () => {
    const proxy = 'http://someone:their-password@proxy.example:3128';
    const objects = await renderChart({ ...values, proxyConfig: { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' } });
    expect(secretOf(objects)).toEqual({
      AGENT_CLIENT_ID: falconCredentials.clientID,
      AGENT_CLIENT_SECRET: falconCredentials.clientSecret,
      AGENT_CID: falconCredentials.cid,
      HTTPS_PROXY: proxy,
    });
    const others = JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'));
    for (const secret of [...Object.values(falconCredentials), 'their-password']) expect(others).not.toContain(secret);
    expect(agentEnvironment(objects)).toMatchObject({ HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' });
  });

  it('starts new pods when the configuration or a credential changes, and only then', async () => {
    const annotations = async (more: object): Promise<unknown> => {
      const objects = await renderChart({ ...values, ...more });
      return agentPod(objects).metadata.annotations;
    };
    const before = await annotations({});
    expect(await annotations({})).toEqual(before);
    const changed = { ...values.crowdstrikeConfig, clientSecret: 'another' };
    expect(await annotations({ crowdstrikeConfig: changed })).not.toEqual(before);
    expect(await annotations({ log: { output: 1 } })).not.toEqual(before);
  });

  it('labels everything so that it is found, and selects its pods by what never changes', async () => {
    const objects = await renderChart(
      { ...values, podLabels: { team: 'a', app: 'mine' } },
      { release: 'r'.repeat(53) },
    );
    for (const { metadata } of objects) expectValidLabels(metadata.labels);
    const selector = { app: 'falcon-image-analyzer', 'app.kubernetes.io/name': 'falcon-image-analyzer' };
    const matchLabels = { ...selector, 'app.kubernetes.io/instance': 'r'.repeat(53) };
    expect(agentWorkload(objects).spec).toMatchObject({ selector: { matchLabels } });
    const { labels } = agentPod(objects).metadata;
    expect(labels).toEqual({ ...matchLabels, 'app.kubernetes.io/component': 'iar', team: 'a' });
    expectValidLabels(labels);
    expect(new Set(objects.map(({ metadata }) => metadata.name))).toEqual(
      new Set([agentWorkload(objects).metadata.name]),
    );
  });

  it('puts all of itself into the namespace that overrides the release, and binds that account', async () => {
    const objects = await renderChart({ ...values, namespaceOverride: 'elsewhere', fullnameOverride: 'agent' });
    const namespaces = objects.map(({ metadata }) => metadata.namespace);
    expect(new Set(namespaces)).toEqual(new Set(['elsewhere', undefined]));
    const subject = { kind: 'ServiceAccount', name: 'agent', namespace: 'elsewhere' };
    expect(objectOf(objects, 'ClusterRoleBinding')).toMatchObject({ roleRef: { name: 'agent' }, subjects: [subject] });
    expect(objectOf(objects, 'ServiceAccount').metadata.name).toBe('agent');
    expect(agentPod(objects).spec.serviceAccountName).toBe('agent');
  });

  it('hands the placement of the pods on', async () => {
    const toleration = { operator: 'Exists' };
    const resources = { limits: { memory: '1Gi' } };
    const placement = { hostNetwork: true, priorityClassName: 'system-node-critical', nodeSelector: { disk: 'ssd' } };
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/iar' };
    const more = { resources, tolerations: [toleration], serviceAccount: { annotations }, podAnnotations: { a: 'b' } };
    const objects = await renderChart({ ...values, ...placement, ...more });
    const { spec, metadata } = agentPod(objects);
    expect(spec).toMatchObject({ ...placement, dnsPolicy: 'ClusterFirstWithHostNet', tolerations: [toleration] });
    expect(metadata.annotations).toMatchObject({
      a: 'b',
      'sensor.falcon-system.crowdstrike.com/injection': 'disabled',
    });
    expect(agentContainer(objects).resources).toEqual(resources);
    expect(objectOf(objects, 'ServiceAccount').metadata.annotations).toEqual(annotations);
  });
});

describe('the security context', () => {
  const restricted = { allowPrivilegeEscalation: false, capabilities: none, privileged: false };
  const seccompProfile = { type: 'RuntimeDefault' };
  const nobody = { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532, seccompProfile };
  const root = { runAsUser: 0, runAsGroup: 0, seccompProfile };
  const readOnly = { ...restricted, readOnlyRootFilesystem: true };
  const { runAsNonRoot: _, ...maybeRoot } = nobody;
  const { runAsUser: __, ...anyUser } = nobody;

  it.each([
    ['of the watcher is that of an ordinary user', watcherValues, {}, { pod: nobody, container: readOnly }],
    ['in socket mode is that of root without capabilities', socketValues, {}, { pod: root, container: readOnly }],
    [
      'may be privileged where it is asked for',
      socketValues,
      { securityContext: { privileged: true } },
      { pod: root, container: { privileged: true, readOnlyRootFilesystem: true } },
    ],
    [
      'takes false for an answer',
      watcherValues,
      { securityContext: { readOnlyRootFilesystem: false }, podSecurityContext: { runAsNonRoot: false } },
      { pod: { ...nobody, runAsNonRoot: false }, container: { ...restricted, readOnlyRootFilesystem: false } },
    ],
    [
      'lets the watcher be root, which the kubelet would refuse beside runAsNonRoot',
      watcherValues,
      { securityContext: { runAsUser: 0 } },
      { pod: maybeRoot, container: { ...readOnly, runAsUser: 0 } },
    ],
    [
      'goes by the container where that is no root but the pod is',
      watcherValues,
      { securityContext: { runAsUser: 1000 }, podSecurityContext: { runAsUser: 0 } },
      { pod: { ...nobody, runAsUser: 0 }, container: { ...readOnly, runAsUser: 1000 } },
    ],
    [
      'leaves the user to the cluster for null, and writes large numbers as they are',
      watcherValues,
      { podSecurityContext: { runAsUser: null, fsGroup: 1_000_680_000 } },
      { pod: { ...anyUser, fsGroup: 1_000_680_000 }, container: readOnly },
    ],
    [
      'has what SELinux wants',
      socketValues,
      { securityContext: { seLinuxOptions: { type: 'spc_t' } } },
      { pod: root, container: { ...readOnly, seLinuxOptions: { type: 'spc_t' } } },
    ],
  ])('%s', async (_what, values, more, expected) => {
    const objects = await renderChart({ ...values, ...more });
    const pod = agentPod(objects).spec.securityContext;
    expect({ pod, container: agentContainer(objects).securityContext }).toEqual(expected);
  });
});

describe('the rights', () => {
  const reads = ['get', 'list', 'watch'];
  const core = { apiGroups: [''] };
  const cluster = { ...core, resources: ['pods', 'namespaces', 'nodes', 'serviceaccounts'], verbs: reads };

  it('of the watcher include all Secrets while it discovers credentials', async () => {
    const objects = await renderChart(watcherValues);
    expect(rulesOf(objects, 'ClusterRole')).toEqual([[cluster, { ...core, resources: ['secrets'], verbs: reads }]]);
  });

  it('include exactly the Secrets that are named where it does not', async () => {
    const credentials = 'shop:one, shop:two,build:one,shop:one,';
    const privateRegistries = { autoDiscoverCredentials: false, credentials };
    const objects = await renderChart({ ...watcherValues, privateRegistries });
    expect(rulesOf(objects, 'ClusterRole')).toEqual([[cluster]]);
    const roles = objects.filter(({ kind }) => kind === 'Role');
    const named = { ...core, resources: ['secrets'], verbs: ['get'] };
    expect(roles.map(({ metadata, rules }) => [metadata.namespace, rules])).toEqual([
      ['build', [{ ...named, resourceNames: ['one'] }]],
      ['shop', [{ ...named, resourceNames: ['one', 'two'] }]],
    ]);
    const bindings = objects.filter(({ kind }) => kind === 'RoleBinding');
    expect(bindings.map(({ metadata }) => metadata.namespace)).toEqual(['build', 'shop']);
    for (const binding of bindings) {
      const subject = { kind: 'ServiceAccount', name: 'imageanalyzer-falcon-image-analyzer' };
      const expected = { subjects: [{ ...subject, namespace: 'falcon-image-analyzer' }] };
      expect(binding).toMatchObject({ ...expected, roleRef: { name: roles[0]!.metadata.name } });
    }
  });

  it('include no Secret where none is named', async () => {
    const objects = await renderChart({ ...watcherValues, privateRegistries: { autoDiscoverCredentials: false } });
    expect([rulesOf(objects, 'ClusterRole'), rulesOf(objects, 'Role')]).toEqual([[[cluster]], []]);
  });

  it('in socket mode are one namespace, whose uid names the cluster', async () => {
    const one = { ...core, resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] };
    expect(rulesOf(await renderChart(socketValues), 'ClusterRole')).toEqual([[one]]);
  });
});

function objectOf(objects: readonly KubeObject[], wanted: string): KubeObject {
  const [object, ...more] = objects.filter(({ kind }) => kind === wanted);
  if (!object || more.length > 0) throw new Error(`Not exactly one ${wanted}`);
  return object;
}

function secretOf(objects: readonly KubeObject[]): Record<string, string> {
  const data = Object.entries(objectOf(objects, 'Secret').data as Record<string, string>);
  return Object.fromEntries(data.map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
}

function rulesOf(objects: readonly KubeObject[], wanted: string): unknown[] {
  return objects.filter(({ kind }) => kind === wanted).map(({ rules }) => rules);
}

function expectValidLabels(labels: Readonly<Record<string, string>> | undefined): void {
  expect(labels).toMatchObject({ app: 'falcon-image-analyzer' });
  for (const value of Object.values(labels ?? {}))
    expect(value).toMatch(/^(?=.{1,63}$)[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/);
}
