import { readFile, writeFile } from 'node:fs/promises';
import { type DockerRegistry, startDockerRegistry } from '../docker-registry.ts';
import { type FleetImage, type FleetImageName, fleetImages } from '../fleet-images.ts';
import { pushImage } from '../pushed-image.ts';
import type { ContainerToRun, PodToRun } from './pod-to-run.ts';
import type { Kubernetes } from './start-kubernetes.ts';

/** Sixty pods in six namespaces, the images they run, and the registries these come from. */
export interface Fleet extends AsyncDisposable {
  readonly images: ReadonlyMap<FleetImageName, FleetImage>;
  /** Open to anybody. */
  readonly registry: DockerRegistry;
  /** Lets one user in, whose password is in pull secrets. */
  readonly privateRegistry: DockerRegistry;
  /** All the pods as they are made, in this order. */
  readonly pods: readonly PodToRun[];
  /** Digests of the inventories that have to arrive, one each. */
  readonly expected: readonly string[];
  /** Digests that cannot be analysed. */
  readonly broken: { readonly corrupt: string; readonly missing: string };
  /** What the agent has to be told to leave out. */
  readonly exclusions: { readonly namespaces: string; readonly registries: string; readonly images: string };
  /** Makes what the pods need in the cluster, then the pods. */
  deploy(kubernetes: Kubernetes): Promise<void>;
  /** A container of an image, as containerd tells of it. */
  container(name: FleetImageName): ContainerToRun;
}

const user = { name: 'puller', password: 'only in the pull secret' };
const missingDigest = `sha256:${'d'.repeat(64)}`;
/** No registry is there, so asking it would be noticed. */
const excludedRegistry = 'excluded.invalid:5000';

/** Pushes the images to two real registries and damages one of them. */
export async function startFleet(): Promise<Fleet> {
  const images = await fleetImages();
  await using starting = new AsyncDisposableStack();
  const registry = starting.use(await startDockerRegistry());
  const privateRegistry = starting.use(await startDockerRegistry({ user }));
  for (const image of images.values()) {
    if (image.name === 'private') {
      await pushImage(image.layout, { reference: `${privateRegistry.host}/team/private:1`, user });
    } else if (!image.name.startsWith('multi-')) {
      await pushImage(image.layout, { reference: `${registry.host}/team/${image.name}:1` });
    }
  }
  const indexDigest = await pushIndex(registry, images);
  const of = (name: FleetImageName): FleetImage => images.get(name)!;
  const corrupt = of('corrupt');
  await flipOneByte(registry.blobFile(corrupt.layerDigests.at(-1)!));
  const hosts = { registry: registry.host, privateRegistry: privateRegistry.host };
  const container = (name: FleetImageName): ContainerToRun => containerOf(hosts, of(name));
  const multi = (name: string): ContainerToRun => named(`${registry.host}/team/multi`, indexDigest, name);
  const running = starting.move();
  return {
    ...{ images, registry, privateRegistry, container },
    pods: fleetPods(container, multi, registry.host),
    expected: [
      ...(['web-1', 'web-2', 'private', 'job-1', 'job-2', 'setup', 'debugger', 'multi-amd64', 'multi-arm64'] as const),
    ].map((name) => of(name).manifestDigest),
    broken: { corrupt: corrupt.manifestDigest, missing: missingDigest },
    exclusions: {
      namespaces: 'left-out',
      registries: excludedRegistry,
      images: `${registry.host}/team/left-out-2:1`,
    },
    async deploy(kubernetes) {
      await prepareCluster(kubernetes, privateRegistry.host);
      await kubernetes.kubelet.runAll(fleetPods(container, multi, registry.host));
      await kubernetes.kubelet.debug({ namespace: 'shop', name: 'web-0' }, container('debugger'));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function flipOneByte(file: string): Promise<void> {
  const bytes = await readFile(file);
  // The last bytes of a gzip stream are those of its checksum and length; whatever reads it has read all of it by then.
  bytes[bytes.length - 6]! ^= 1;
  await writeFile(file, bytes);
}

/** What the pods need: nodes of two architectures, namespaces, service accounts, pull secrets. */
async function prepareCluster({ cluster }: Kubernetes, privateHost: string): Promise<void> {
  await cluster.createNode('node-amd64', { architecture: 'amd64', operatingSystem: 'linux' });
  await cluster.createNode('node-arm64', { architecture: 'arm64', operatingSystem: 'linux' });
  for (const namespace of ['shop', 'bank', 'batch', 'tools', 'left-out']) await cluster.createNamespace(namespace);
  await cluster.createNamespace('muted', { 'sensor.crowdstrike.com/imageanalyzer': 'disabled' });
  const logins = { [privateHost]: { username: user.name, password: user.password } };
  await cluster.createPullSecret('shop', 'registry-login', logins);
  await cluster.createPullSecret('bank', 'account-login', logins);
  await cluster.createServiceAccount('bank', 'teller', { pullSecrets: ['account-login'] });
}

/** Containers that run the same image in different words of their runtimes. */
function containerOf(hosts: { registry: string; privateRegistry: string }, image: FleetImage): ContainerToRun {
  const host = image.name === 'private' ? hosts.privateRegistry : hosts.registry;
  return named(`${host}/team/${image.name}`, image.manifestDigest, image.name);
}

function named(repository: string, digest: string, name: string): ContainerToRun {
  return { name, image: `${repository}:1`, imageId: `${repository}@${digest}` };
}

function fleetPods(
  container: (name: FleetImageName) => ContainerToRun,
  multi: (name: string) => ContainerToRun,
  host: string,
): PodToRun[] {
  const node = 'node-amd64';
  const many = (count: number, namespace: string, name: string, pod: Partial<PodToRun>): PodToRun[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ namespace, name: `${name}-${index}`, node, containers: [] },
      ...pod,
    }));
  const pullable = ({ imageId, ...rest }: ContainerToRun) => ({ ...rest, imageId: `docker-pullable://${imageId}` });
  const elsewhere = named(`${excludedRegistry}/team/app`, `sha256:${'e'.repeat(64)}`, 'elsewhere');
  return [
    ...many(14, 'shop', 'web', { containers: [container('web-1'), container('web-2')] }),
    ...many(6, 'bank', 'web', { containers: [pullable(container('web-2'))] }),
    ...many(3, 'shop', 'private', { containers: [container('private')], pullSecrets: ['registry-login'] }),
    ...many(2, 'bank', 'private', { containers: [container('private')], serviceAccount: 'teller' }),
    ...many(8, 'batch', 'job', { containers: [container('job-1')], phase: 'Succeeded' }),
    ...many(6, 'batch', 'work', { containers: [container('job-2')], initContainers: [container('setup')] }),
    ...many(4, 'tools', 'multi', { containers: [multi('multi')] }),
    ...many(4, 'tools', 'multi-arm', { containers: [multi('multi')], node: 'node-arm64' }),
    ...many(3, 'tools', 'missing', { containers: [named(`${host}/team/missing`, missingDigest, 'missing')] }),
    ...many(2, 'tools', 'corrupt', { containers: [container('corrupt')] }),
    ...many(2, 'left-out', 'by-namespace', { containers: [container('left-out-1')] }),
    ...many(2, 'tools', 'by-image', { containers: [container('left-out-2')] }),
    ...many(2, 'tools', 'by-registry', { containers: [elsewhere] }),
    ...many(1, 'tools', 'by-annotation', {
      containers: [container('left-out-3')],
      annotations: { 'sensor.crowdstrike.com/imageanalyzer': 'disabled' },
    }),
    ...many(1, 'muted', 'by-annotation', { containers: [container('left-out-4')] }),
  ];
}

/** An index as a multi-platform build makes it, with an attestation beside the images. */
async function pushIndex(registry: DockerRegistry, images: Fleet['images']): Promise<string> {
  const manifests = [];
  for (const architecture of ['amd64', 'arm64'] as const) {
    const { layout, manifestDigest } = images.get(`multi-${architecture}`)!;
    const reference = `${registry.host}/team/multi:${architecture}`;
    await pushImage(layout, { reference });
    const pushed = await fetch(`http://${registry.host}/v2/team/multi/manifests/${manifestDigest}`, {
      headers: { accept: manifestType },
    });
    const size = (await pushed.arrayBuffer()).byteLength;
    manifests.push({ mediaType: manifestType, digest: manifestDigest, size, platform: { os: 'linux', architecture } });
  }
  const attestation = { ...manifests[0]!, platform: { os: 'unknown', architecture: 'unknown' } };
  const index = { schemaVersion: 2, mediaType: indexType, manifests: [attestation, ...manifests] };
  const answer = await fetch(`http://${registry.host}/v2/team/multi/manifests/1`, {
    method: 'PUT',
    headers: { 'content-type': indexType },
    body: JSON.stringify(index),
  });
  const digest = answer.headers.get('docker-content-digest');
  if (!answer.ok || digest === null) throw new Error(`the registry refused the index: ${await answer.text()}`);
  return digest;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
