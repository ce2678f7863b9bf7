import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { falconCredentials, socketValues, watcherValues } from '../support/kubernetes/chart-values.ts';
import { publicDefaults } from '../support/kubernetes/public-chart.ts';
import { chartFolder, renderChart } from '../support/kubernetes/render-chart.ts';
import { agentContainer, agentEnvironment, agentPod } from '../support/kubernetes/rendered-agent.ts';

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-chart-'));
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe('values of the public chart', () => {
  const image = { ...publicDefaults.image, tag: '1.0.24' };

  it.each([
    ['watcher', { deployment: { enabled: true } }, {}],
    ['socket', { daemonset: { enabled: true } }, { agentRuntime: 'crio' }],
  ])('are accepted as a whole, for %s mode', async (mode, enabled, runtime) => {
    const crowdstrikeConfig = { ...publicDefaults.crowdstrikeConfig, ...falconCredentials, ...runtime };
    const objects = await renderChart({ ...publicDefaults, ...enabled, image, crowdstrikeConfig });
    expect(agentEnvironment(objects)).toMatchObject({ AGENT_RUNMODE: mode, AGENT_TEMP_MOUNT_SIZE: '20Gi' });
  });

  it('have the effect that they have there', async () => {
    const values = {
      ...watcherValues,
      watcher: { listPageSize: 1_000_000 },
      exclusions: { namespace: 'a,b', registry: 'localhost:1234', imageName: 'index.docker.io/library/nginx:1.27' },
      privateRegistries: { autoDiscoverCredentials: false, credentials: 'ns1:secret1' },
      log: { output: 1 },
      kac: { namespace: 'falcon-system' },
      proxyConfig: { HTTP_PROXY: 'http://proxy.example:3128', NO_PROXY: 'registry.example' },
      crowdstrikeConfig: {
        ...{ ...falconCredentials, clusterName: 'production', agentRegion: 'us-gov-1' },
        ...{ agentMaxConsumerThreads: '4', enableDebug: 'true', enableKlogs: 'true' },
      },
    };
    expect(agentEnvironment(await renderChart(values))).toEqual({
      AGENT_CID: falconCredentials.cid,
      AGENT_CLIENT_ID: falconCredentials.clientID,
      AGENT_CLIENT_SECRET: falconCredentials.clientSecret,
      AGENT_CLUSTER_NAME: 'production',
      AGENT_DEBUG: 'true',
      AGENT_HELM_VERSION: '0.1.0',
      AGENT_IMAGE_EXCLUSIONS: 'index.docker.io/library/nginx:1.27',
      AGENT_MAX_CONSUMER_THREADS: '4',
      AGENT_NAMESPACE_EXCLUSIONS: 'a,b',
      AGENT_REGION: 'us-gov-1',
      AGENT_REGISTRY_CREDENTIALS: 'ns1:secret1',
      AGENT_REGISTRY_EXCLUSIONS: 'localhost:1234',
      AGENT_RUNMODE: 'watcher',
      AGENT_TEMP_MOUNT_SIZE: '20Gi',
      ENABLE_KLOGS: 'true',
      HTTP_PROXY: 'http://proxy.example:3128',
      IAR_AGENT_SERVICE_PORT: '8001',
      IAR_DRAIN_SECONDS: '50',
      IAR_HTTP_PORT: '8080',
      IAR_SINK: 'falcon',
      IAR_STATE_DIR: '/var/lib/falcon-iar',
      IS_KUBERNETES: 'true',
      LOG_OUTPUT: '1',
      NO_PROXY: 'registry.example',
      SECRETS_AUTODISCOVER_ENABLED: 'false',
      WATCHER_LIST_PAGESIZE: '1000000',
      __CS_KAC_NAMESPACE: 'falcon-system',
    });
  });

  it.each([
    ['docker', undefined, '/run/docker.sock'],
    ['containerd', undefined, '/run/containerd/containerd.sock'],
    ['crio', undefined, '/run/crio/crio.sock'],
    ['podman', undefined, '/run/podman/podman.sock'],
    ['containerd', 'unix:///run/k3s/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock'],
    ['docker', '/var/run/docker.sock', '/var/run/docker.sock'],
    // The scratch volume is mounted at /tmp, and does not hold it.
    ['docker', '/tmp/docker.sock', '/tmp/docker.sock'],
  ])('mount the socket of %s, given as %s', async (agentRuntime, agentRuntimeSocket, path) => {
    const crowdstrikeConfig = { ...falconCredentials, agentRuntime, agentRuntimeSocket };
    const objects = await renderChart({ ...socketValues, crowdstrikeConfig });
    const environment = { AGENT_RUNTIME: agentRuntime, AGENT_RUNTIME_SOCKET: `unix://${path}` };
    expect(agentEnvironment(objects)).toMatchObject(environment);
    const name = 'iar-runtime-socket';
    expect(agentPod(objects).spec.volumes).toContainEqual({ name, hostPath: { path, type: 'Socket' } });
    expect(agentContainer(objects).volumeMounts).toContainEqual({ name, mountPath: path, readOnly: true });
  });

  it.each([
    ['where AKS has it', undefined, '/etc/kubernetes/azure.json'],
    ['elsewhere', '/opt/azure.json', '/opt/azure.json'],
  ])(
    "mount the node's azure.json from %s, and let the agent read what belongs to root",
    async (_where, azureConfig, path) => {
      const azure = { enabled: true, ...(azureConfig !== undefined && { azureConfig }) };
      const objects = await renderChart({ ...watcherValues, azure });
      const name = 'azure-config';
      const mountPath = '/etc/kubernetes/azure.json';
      expect(agentPod(objects).spec.volumes).toContainEqual({ name, hostPath: { path, type: 'File' } });
      expect(agentContainer(objects).volumeMounts).toContainEqual({ name, mountPath, readOnly: true });
      expect(agentPod(objects).spec.securityContext).toMatchObject({ runAsUser: 0 });
      expect(agentPod(objects).spec.securityContext).not.toHaveProperty('runAsNonRoot');
    },
  );

  it('are the same for GKE', async () => {
    const [plain, gke] = await Promise.all([
      renderChart(watcherValues),
      renderChart({ ...watcherValues, gcp: { enabled: true } }),
    ]);
    expect(gke).toEqual(plain);
  });

  it('may mount the directory of the socket themselves', async () => {
    const volumes = [{ name: 'var-run', hostPath: { path: '/run/containerd' } }];
    const volumeMounts = [{ name: 'var-run', mountPath: '/run/containerd/' }];
    const objects = await renderChart({ ...socketValues, volumes, volumeMounts });
    expect(agentPod(objects).spec.volumes.map(({ name }) => name)).toEqual(['var-run', 'iar-state']);
  });

  it.each([
    ['a limit of the volume', { emptyDir: { sizeLimit: '7Gi' } }, {}, '7Gi'],
    ['a limit in bytes', { emptyDir: { sizeLimit: 21_474_836_480 } }, {}, '21474836480'],
    ['no limit', { emptyDir: {} }, {}, '20Gi'],
    ['a claim', { persistentVolumeClaim: { claimName: 'scratch' } }, {}, '20Gi'],
    ['a claim of known size', { persistentVolumeClaim: { claimName: 'scratch' } }, { scratchSize: '50Gi' }, '50Gi'],
    [
      'a claim made for the pod',
      { ephemeral: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '30Gi' } } } } } },
      {},
      '30Gi',
    ],
  ])('bound the scratch space under any name, with %s', async (_what, source, iar, size) => {
    const volumes = [
      { name: 'other', emptyDir: null },
      { ...source, name: 'new-pvc-volume' },
    ];
    const volumeMounts = [{ name: 'new-pvc-volume', mountPath: '/tmp' }];
    const objects = await renderChart({ ...watcherValues, volumes, volumeMounts, iar });
    expect(agentEnvironment(objects)).toMatchObject({ AGENT_TEMP_MOUNT_SIZE: size });
    expect(agentEnvironment(objects)).not.toHaveProperty('IAR_SCRATCH_DIR');
  });

  it('tell the agent where its scratch space is if not at /tmp', async () => {
    const volumeMounts = [{ name: 'tmp-volume', mountPath: '/scratch' }];
    const environment = agentEnvironment(await renderChart({ ...watcherValues, volumeMounts }));
    expect(environment).toMatchObject({ IAR_SCRATCH_DIR: '/scratch', AGENT_TEMP_MOUNT_SIZE: '20Gi' });
  });

  it.each([
    ['us-gov-1', 'registry.laggar.gcw.crowdstrike.com'],
    ['gov2', 'registry.us-gov-2.crowdstrike.mil'],
    ['eu-1', 'registry.crowdstrike.com'],
  ])('make a pull secret of the API token for %s, with the CID of the umbrella chart', async (agentRegion, host) => {
    const crowdstrikeConfig = { existingSecret: 'falcon', dockerAPIToken: 'token', agentRegion };
    const global = { falcon: { cid: falconCredentials.cid }, containerRegistry: { pullSecret: 'theirs' } };
    const objects = await renderChart({ ...watcherValues, crowdstrikeConfig, global });
    const secret = objects.find(({ type }) => type === 'kubernetes.io/dockerconfigjson')!;
    const config = Buffer.from((secret.data as Record<string, string>)['.dockerconfigjson']!, 'base64').toString();
    const username = `fc-${'0123456789abcdef'.repeat(2)}`;
    const auth = Buffer.from(`${username}:token`).toString('base64');
    expect(JSON.parse(config)).toEqual({ auths: { [host]: { username, password: 'token', auth } } });
    expect(agentPod(objects).spec.imagePullSecrets).toEqual([{ name: secret.metadata.name }, { name: 'theirs' }]);
  });

  it.each([
    ['a Secret of their own', { existingSecret: 'mine' }, {}, ['mine']],
    ['the Secret of the umbrella chart', {}, { falconSecret: { enabled: true, secretName: 'shared' } }, ['shared']],
    ['a Secret with what is missing', { existingSecret: 'mine', cid: falconCredentials.cid }, {}, ['ours', 'mine']],
    [
      'their own before the shared one',
      { existingSecret: 'mine' },
      { falconSecret: { enabled: true, secretName: 'shared' } },
      ['mine'],
    ],
  ])('take credentials from %s', async (_what, crowdstrikeConfig, global, expected) => {
    const values = { ...watcherValues, crowdstrikeConfig, global, fullnameOverride: 'ours' };
    const secrets = agentContainer(await renderChart(values)).envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []);
    expect(secrets).toEqual(expected);
  });

  it('prefer the digest to the tag', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const image = { repository: 'localhost:5000/iar', tag: '1', digest };
    expect(agentContainer(await renderChart({ ...watcherValues, image })).image).toBe(`localhost:5000/iar@${digest}`);
  });
});

describe('values of this chart', () => {
  it('reach the agent', async () => {
    const iar = {
      sinks: ['falcon', 'file:/var/lib/inventories'],
      stateVolume: { enabled: false },
      insecureRegistries: ['localhost:5000', 'registry.internal:80'],
      falconApiUrl: 'http://falcon.example:8443',
      falconUploadUrl: 'https://upload.example',
      caBundle: { configMap: 'company-ca', key: 'bundle.pem' },
      extraEnv: [{ name: 'IAR_MEMORY_BUDGET', value: '256Mi' }],
      terminationGracePeriodSeconds: 90,
    };
    const objects = await renderChart({ ...watcherValues, iar });
    expect(agentEnvironment(objects)).toMatchObject({
      IAR_SINK: 'falcon,file:/var/lib/inventories',
      IAR_INSECURE_REGISTRIES: 'localhost:5000,registry.internal:80',
      IAR_FALCON_API_URL: 'http://falcon.example:8443',
      IAR_FALCON_UPLOAD_URL: 'https://upload.example',
      IAR_DRAIN_SECONDS: '80',
      NODE_EXTRA_CA_CERTS: '/etc/falcon-iar/ca-bundle/ca.crt',
      IAR_MEMORY_BUDGET: '256Mi',
    });
    expect(agentEnvironment(objects)).not.toHaveProperty('IAR_STATE_DIR');
    const { volumes, terminationGracePeriodSeconds } = agentPod(objects).spec;
    expect(terminationGracePeriodSeconds).toBe(90);
    const items = [{ key: 'bundle.pem', path: 'ca.crt' }];
    expect(volumes[1]).toEqual({ name: 'iar-ca-bundle', configMap: { name: 'company-ca', items } });
  });

  it.each([
    ['an emptyDir', watcherValues, {}, { emptyDir: {} }],
    ['a bounded emptyDir', socketValues, { sizeLimit: '5Gi' }, { emptyDir: { sizeLimit: '5Gi' } }],
    ['a claim', watcherValues, { existingClaim: 'c' }, { persistentVolumeClaim: { claimName: 'c' } }],
    [
      'a directory of the node',
      socketValues,
      { hostPath: '/var/lib/iar' },
      { hostPath: { path: '/var/lib/iar', type: 'DirectoryOrCreate' } },
    ],
  ])('keep the state in %s', async (_what, values, stateVolume, source) => {
    const objects = await renderChart({ ...values, iar: { stateVolume } });
    expect(agentPod(objects).spec.volumes).toContainEqual({ name: 'iar-state', ...source });
    const mountPath = agentEnvironment(objects).IAR_STATE_DIR;
    expect(agentContainer(objects).volumeMounts).toContainEqual({ name: 'iar-state', mountPath });
  });

  it('need no credentials where nothing goes to Falcon', async () => {
    const objects = await renderChart({ ...watcherValues, crowdstrikeConfig: {}, iar: { sinks: ['file:/out'] } });
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(agentContainer(objects).envFrom).toEqual([{ configMapRef: { name: expect.any(String) } }]);
  });

  it('are all explained in the README', async () => {
    const readme = await readFile(join(chartFolder, 'README.md'), 'utf8');
    const values = leaves(parse(await readFile(join(chartFolder, 'values.yaml'), 'utf8')));
    expect(values.filter((path) => !readme.includes(`\`${path}\``))).toEqual([]);
  });
});

describe('as a part of an umbrella chart', () => {
  it('takes the shared values and leaves those of others alone', async () => {
    const umbrella = join(scratch, 'umbrella');
    await mkdir(join(umbrella, 'charts'), { recursive: true });
    await cp(chartFolder, join(umbrella, 'charts', 'falcon-image-analyzer'), { recursive: true });
    await writeFile(join(umbrella, 'Chart.yaml'), 'apiVersion: v2\nname: umbrella\nversion: 0.0.1\n');
    const values = {
      global: {
        falcon: { cid: falconCredentials.cid },
        falconSecret: { enabled: true, secretName: 'shared' },
        somebody: { elses: 'business' },
      },
      'falcon-image-analyzer': {
        ...watcherValues,
        crowdstrikeConfig: {},
        enabled: true,
        secretsStore: { enabled: false },
      },
    };
    const objects = await renderChart(values, { chart: umbrella, namespace: 'falcon' });
    expect(agentEnvironment(objects)).toMatchObject({ AGENT_CID: falconCredentials.cid });
    expect(agentContainer(objects).envFrom).toContainEqual({ secretRef: { name: 'shared' } });
  });
});

/** The paths of all values that are no sections, such as `image.tag`. */
function leaves(value: unknown, path: readonly string[] = []): string[] {
  const isSection =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isSection || path[0] === 'affinity') return [path[0] === 'affinity' ? 'affinity' : path.join('.')];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}
