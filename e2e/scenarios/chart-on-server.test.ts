import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { ApiClient } from '../support/kubernetes/api-client.ts';
import { canRunKubernetes } from '../support/kubernetes/can-run-kubernetes.ts';
import { falconCredentials, socketValues, watcherValues } from '../support/kubernetes/chart-values.ts';
import { applyChart, type InstalledChart, installChart } from '../support/kubernetes/install-chart.ts';
import { publicDefaults } from '../support/kubernetes/public-chart.ts';
import { renderChart, renderChartYaml } from '../support/kubernetes/render-chart.ts';
import { type Kubernetes, startKubernetes } from '../support/kubernetes/start-kubernetes.ts';
import { pushImage } from '../support/pushed-image.ts';
import { canRun } from '../support/required-tools.ts';
import { startAgent } from '../support/running-agent.ts';
import { writeSmallImage } from '../support/small-image.ts';

const runnable =
  canRun('the chart on an API server', ['docker-registry', 'skopeo']) && canRunKubernetes('the chart on an API server');

const modes = [
  ['watcher', watcherValues],
  ['socket', socketValues],
] as const;
const tmpVolume = { name: 'tmp-volume', emptyDir: { sizeLimit: '20Gi' } };
const named = { autoDiscoverCredentials: false, credentials: 'team-a:login-1,team-a:login-2,team-b:login' };

/** Values for either mode. */
const variants: readonly (readonly [what: string, more: object])[] = [
  ['nothing more than it needs', {}],
  ['pull secrets that exist', { image: { ...watcherValues.image, pullSecret: 'mine' } }],
  ['a pull secret that it makes', { image: { ...watcherValues.image, registryConfigJSON: btoa('{"auths":{}}') } }],
  ['credentials that exist', { crowdstrikeConfig: { existingSecret: 'mine' } }],
  ['an image by digest', { image: { ...watcherValues.image, digest: `sha256:${'a'.repeat(64)}` } }],
  ['exclusions', { exclusions: { namespace: 'a,b', registry: 'localhost:1234', imageName: 'alpine:3,x@sha256:1' } }],
  ['named registry credentials without discovery', { privateRegistries: named }],
  ['no state', { iar: { stateVolume: { enabled: false } } }],
  ['a bounded state', { iar: { stateVolume: { enabled: true, sizeLimit: '5Gi' } } }],
  ['a CA bundle', { iar: { caBundle: { configMap: 'cas', key: 'bundle.pem' } } }],
  ['a proxy with a password', { proxyConfig: { HTTPS_PROXY: 'http://a:b@proxy:3128', NO_PROXY: '10.0.0.0/8' } }],
  ['another place and names', { namespaceOverride: 'team-a', fullnameOverride: 'agent', hostNetwork: true }],
  ['all privileges', { securityContext: { privileged: true, runAsUser: 0 }, podSecurityContext: { fsGroup: null } }],
  ['SELinux options', { securityContext: { seLinuxOptions: { type: 'spc_t' } } }],
  [
    'more environment',
    {
      iar: {
        sinks: ['falcon', 'file:/tmp/reports'],
        insecureRegistries: ['registry.example:5000'],
        extraEnv: [
          { name: 'AGENT_DEBUG', value: 'true' },
          { name: 'IAR_CLIENT', valueFrom: { secretKeyRef: { name: 'mine', key: 'id', optional: true } } },
        ],
      },
    },
  ],
  [
    'a place on the nodes',
    {
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'a', effect: 'NoSchedule' }, { operator: 'Exists' }],
      priorityClassName: 'system-node-critical',
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
      podAnnotations: { 'prometheus.io/scrape': 'true' },
      podLabels: { team: 'a' },
      serviceAccount: { name: 'account', annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/iar' } },
      volumes: [tmpVolume, { name: 'certs', secret: { secretName: 'certs', optional: true } }],
      volumeMounts: [
        { name: 'tmp-volume', mountPath: '/tmp' },
        { name: 'certs', mountPath: '/certs', readOnly: true },
      ],
    },
  ],
];
/** Values for one of the modes. */
const single: readonly (readonly [mode: 'watcher' | 'socket', what: string, values: object])[] = [
  [
    'watcher',
    'state in a claim',
    { ...watcherValues, iar: { stateVolume: { enabled: true, existingClaim: 'claim' } } },
  ],
  ['watcher', 'a pause', { ...watcherValues, replicaCount: 0 }],
  ['socket', 'state on the node', { ...socketValues, iar: { stateVolume: { enabled: true, hostPath: '/var/iar' } } }],
  [
    'socket',
    "the directory of the runtime's socket",
    {
      ...socketValues,
      volumes: [tmpVolume, { name: 'runtime', hostPath: { path: '/run/containerd', type: 'Directory' } }],
      volumeMounts: [
        { name: 'tmp-volume', mountPath: '/tmp' },
        { name: 'runtime', mountPath: '/run/containerd', readOnly: true },
      ],
    },
  ],
  [
    'watcher',
    'all values of the public chart',
    {
      ...publicDefaults,
      deployment: { enabled: true },
      image: { ...publicDefaults.image, tag: '1.0.24' },
      crowdstrikeConfig: { ...publicDefaults.crowdstrikeConfig, ...falconCredentials, dockerAPIToken: 'token' },
    },
  ],
];
const all: readonly (readonly [mode: string, what: string, values: object])[] = [
  ...modes.flatMap(([mode, values]) => variants.map(([what, more]) => [mode, what, laidOver(values, more)] as const)),
  ...single,
];

describe.runIf(runnable)('the chart on a real API server', () => {
  let kubernetes: Kubernetes;
  const namespace = 'falcon-image-analyzer';

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    for (const name of [namespace, 'team-a', 'team-b']) await kubernetes.cluster.createNamespace(name);
  });

  afterAll(async () => {
    await kubernetes?.close();
  });

  it.each(all)('is accepted in %s mode with %s', async (_, __, values) => {
    const options = { namespace, kubeVersion: '1.31' };
    const yaml = await renderChartYaml(values, options);
    const objects = await renderChart(values, options);
    const accepted = (await applyChart(kubernetes, yaml, '--dry-run=server')).trim().split('\n');
    expect(accepted.filter((line) => line.endsWith(' serverside-applied (server dry run)'))).toHaveLength(
      objects.length,
    );
    expect(accepted).toHaveLength(objects.length);
  });

  it('would be refused with a field that there is not', async () => {
    const yaml = await renderChartYaml(watcherValues, { namespace });
    const misspelt = yaml.replace('terminationGracePeriodSeconds:', 'terminationGracePeriodSecond:');
    await expect(applyChart(kubernetes, misspelt, '--dry-run=server')).rejects.toThrow('terminationGracePeriodSecond');
  });

  it.each(modes)('can be applied over what it was in %s mode with other values', async (_, values) => {
    for (const [, more] of variants) {
      await applyChart(kubernetes, await renderChartYaml(laidOver(values, more), { namespace }));
    }
  });
});

/** What a role may allow, here and in other API groups; some of it belongs to no version of the chart. */
const resources = [
  ...['pods', 'pods/log', 'pods/exec', 'pods/ephemeralcontainers', 'secrets', 'configmaps', 'namespaces', 'nodes'],
  ...['nodes/proxy', 'serviceaccounts', 'serviceaccounts/token', 'events', 'services', 'persistentvolumeclaims'],
  ...['deployments.apps', 'daemonsets.apps', 'leases.coordination.k8s.io', 'jobs.batch'],
  ...['clusterroles.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'],
];
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const read = ['get', 'list', 'watch'];
const lookAround = ['pods', 'namespaces', 'nodes', 'serviceaccounts'].flatMap((name) =>
  read.map((verb) => `${verb} ${name}`),
);

describe.runIf(runnable)('the rights that the chart gives', () => {
  let scratch: string;
  let kubernetes: Kubernetes;
  const clients: ApiClient[] = [];

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-rights-'));
    kubernetes = await startKubernetes();
    const { cluster } = kubernetes;
    for (const name of ['team-a', 'team-b']) await cluster.createNamespace(name);
    await cluster.createNode('node-1', { architecture: 'amd64', operatingSystem: 'linux' });
  });

  afterAll(async () => {
    for (const client of clients) client.close();
    await kubernetes?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  const install = async (release: string, values: object) => {
    const chart = await installChart(kubernetes, values, { namespace: release, release });
    const { url, ca } = kubernetes.apiserver;
    const client = new ApiClient({ url, ca, token: chart.token });
    clients.push(client);
    return { chart, client };
  };
  /** `verb resource` for all that the account may do; to one object where a name is given. */
  const allowed = async (client: ApiClient, at: { namespace?: string; name?: string } = {}): Promise<string[]> => {
    const asked = resources.flatMap((resource) => verbs.map((verb) => ({ resource, verb })));
    const answers = await Promise.all(
      asked.map(async ({ resource: full, verb }) => {
        const [path, ...group] = full.split('.');
        const [resource, subresource] = path!.split('/');
        const { status } = await client.post<{ status: { allowed: boolean } }>(
          '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
          {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SelfSubjectAccessReview',
            spec: { resourceAttributes: { ...at, verb, group: group.join('.'), resource, subresource } },
          },
        );
        return status.allowed ? [`${verb} ${full}`] : [];
      }),
    );
    return answers.flat().sort();
  };
  const agentOf = (chart: InstalledChart, more: NodeJS.ProcessEnv = {}) =>
    startAgent(['-runmode', 'watcher'], {
      ...chart.environment,
      ...{ IAR_HTTP_PORT: '0', IAR_HTTP_HOST: '127.0.0.1', KUBECONFIG: chart.kubeconfig },
      ...{ IAR_SINK: `file:${join(scratch, chart.namespace)}`, IAR_STATE_DIR: '', ...more },
    });

  it('are to read pods and all secrets in watcher mode, and suffice', async () => {
    const { chart, client } = await install('discovering', watcherValues);
    const expected = [...lookAround, ...read.map((verb) => `${verb} secrets`)].sort();
    expect(await allowed(client)).toEqual(expected);
    expect(await allowed(client, { namespace: 'kube-system' })).toEqual(expected);
    for (const resource of ['pods', 'namespaces', 'nodes', 'serviceaccounts', 'secrets']) {
      await client.get(`/api/v1/${resource}?limit=1`);
      await client.getText(`/api/v1/${resource}?watch=true&timeoutSeconds=1`);
    }
    await using agent = agentOf(chart);
    await agent.logged(({ msg }) => msg === 'everything that runs is known');
    expect(agent.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });

  it('are to read no secrets but those that are named where discovery is off, and suffice', async () => {
    const { cluster, kubelet } = kubernetes;
    const user = { name: 'puller', password: 'only in the named secret' };
    await using registry = await startDockerRegistry({ user });
    const files = { 'app/package.json': JSON.stringify({ name: 'app', version: '1.0.0' }) };
    const { layout, manifestDigest } = await writeSmallImage(join(scratch, 'private'), files);
    const image = `${registry.host}/team/private`;
    await pushImage(layout, { reference: `${image}:1`, user });
    const login = { [registry.host]: { username: user.name, password: user.password } };
    await cluster.createPullSecret('team-a', 'login-1', {});
    await cluster.createPullSecret('team-a', 'login-2', login);
    await cluster.createPullSecret('team-b', 'other', login);

    const privateRegistries = { ...named, credentials: 'team-a:login-1,team-a:login-2' };
    const { chart, client } = await install('naming', { ...watcherValues, privateRegistries });
    expect(await allowed(client)).toEqual([...lookAround].sort());
    expect(await allowed(client, { namespace: 'team-a' })).toEqual([...lookAround].sort());
    const withOne = [...lookAround, 'get secrets'].sort();
    expect(await allowed(client, { namespace: 'team-a', name: 'login-1' })).toEqual(withOne);
    expect(await allowed(client, { namespace: 'team-a', name: 'login-2' })).toEqual(withOne);
    for (const at of [
      { namespace: 'team-a', name: 'other' },
      { namespace: 'team-b', name: 'login-1' },
    ]) {
      expect(await allowed(client, at)).toEqual([...lookAround].sort());
    }
    const container = { name: 'app', image: `${image}:1`, imageId: `${image}@${manifestDigest}` };
    await kubelet.run({ namespace: 'team-b', name: 'app', containers: [container] });
    await using agent = agentOf(chart);
    const { digest } = await agent.logged(({ msg }) => msg === 'report delivered');
    expect(digest).toBe(manifestDigest);
    expect(agent.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    await kubelet.remove({ namespace: 'team-b', name: 'app' });
  });

  it.each([
    ['on', {}],
    ['off', { privateRegistries: { autoDiscoverCredentials: false } }],
  ])('are in socket mode to learn which cluster it is, with discovery %s', async (discovery, more) => {
    const { client } = await install(`socket-${discovery}`, { ...socketValues, ...more });
    expect(await allowed(client)).toEqual([]);
    expect(await allowed(client, { namespace: 'kube-system', name: 'kube-system' })).toEqual(['get namespaces']);
    expect(await allowed(client, { namespace: 'default', name: 'default' })).toEqual([]);
    await client.get('/api/v1/namespaces/kube-system');
    await expect(client.get('/api/v1/namespaces/default')).rejects.toMatchObject({ status: 403 });
  });
});

/** Values with others laid over them, as helm does. */
function laidOver(values: object, more: object): object {
  const result: Record<string, unknown> = { ...values };
  for (const [key, value] of Object.entries(more)) {
    const before = result[key];
    result[key] = isMap(before) && isMap(value) ? laidOver(before, value) : value;
  }
  return result;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
