import { join } from 'node:path';
import { createFalconCloud } from '@falcon-iar/falcon-api/testing';
import { lastingCommand } from '../support/busybox-image.ts';
import { startContainerd } from '../support/containerd.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { startDockerd } from '../support/dockerd.ts';
import { kubectlAndHelm } from '../support/kubernetes/helm-and-kubectl.ts';
import { startKubernetes } from '../support/kubernetes/start-kubernetes.ts';
import { podmanRunOptions, startPodman } from '../support/podman.ts';
import { pushImage } from '../support/pushed-image.ts';
import { hasTool, type Tool } from '../support/required-tools.ts';
import { writeSampleImage } from './sample-image.ts';

/** A service that runs. */
export interface RunningService extends AsyncDisposable {
  /** Variables that make it known to the programs which use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Commands to try, with those variables set. */
  readonly examples: readonly string[];
  /** Puts something in that takes other services. @param environment - The variables of all services. */
  populate?(environment: Readonly<Record<string, string>>): Promise<void>;
}

/** A service of the playground. */
export interface PlaygroundService {
  readonly name: string;
  /** @param folder - Exists and is the playground's own. */
  start(folder: string): Promise<RunningService>;
}

/** All services, each independent of the others. */
export const playgroundServices: readonly PlaygroundService[] = [
  { name: 'Kubernetes API server', start: kubernetes },
  { name: 'registry', start: registry },
  { name: 'Docker', start: docker },
  { name: 'Podman', start: podman },
  { name: 'containerd', start: containerd },
  { name: 'Falcon cloud (a double of it)', start: falconCloud },
];

async function kubernetes(): Promise<RunningService> {
  // The client that comes from a package is for this architecture only.
  const kubectl = process.arch === 'x64' ? (await kubectlAndHelm()).kubectl : 'kubectl';
  const running = await startKubernetes();
  return {
    environment: { KUBECONFIG: running.apiserver.kubeconfig },
    examples: [`${kubectl} --namespace sample get pods`],
    async populate({ PLAYGROUND_IMAGE: image = '', PLAYGROUND_IMAGE_DIGEST: digest = '' }) {
      const [namespace, node] = ['sample', 'node-1'];
      await running.cluster.createNode(node, { architecture: goArchitecture(), operatingSystem: 'linux' });
      await running.cluster.createNamespace(namespace);
      const imageId = `${image.slice(0, image.lastIndexOf(':'))}@${digest}`;
      await running.kubelet.run({ namespace, name: 'box', node, containers: [{ name: 'box', image, imageId }] });
    },
    [Symbol.asyncDispose]: () => running.close(),
  };
}

async function registry(folder: string): Promise<RunningService> {
  needs('docker-registry', 'skopeo', 'busybox', 'dpkg-query');
  const running = await startDockerRegistry();
  const reference = `${running.host}/sample/box:1`;
  try {
    const { layout, manifestDigest } = await writeSampleImage(join(folder, 'sample-image'));
    await pushImage(layout, { reference });
    return runningRegistry(running, reference, manifestDigest);
  } catch (error) {
    await running.close();
    throw error;
  }
}

function runningRegistry(running: DockerRegistry, reference: string, digest: string): RunningService {
  return {
    environment: {
      PLAYGROUND_REGISTRY: running.host,
      PLAYGROUND_IMAGE: reference,
      PLAYGROUND_IMAGE_DIGEST: digest,
    },
    examples: ['./iar scan $PLAYGROUND_IMAGE', 'skopeo inspect --tls-verify=false docker://$PLAYGROUND_IMAGE'],
    [Symbol.asyncDispose]: () => running.close(),
  };
}

async function docker(): Promise<RunningService> {
  needs('dockerd', 'docker', 'containerd', 'runc', 'findmnt');
  const running = await startDockerd();
  const command = lastingCommand.join(' ');
  return {
    environment: { DOCKER_HOST: `unix://${running.socketPath}` },
    examples: [
      `docker run --detach --network=none $PLAYGROUND_IMAGE ${command}`,
      './iar scan docker:$PLAYGROUND_IMAGE',
    ],
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

async function podman(): Promise<RunningService> {
  needs('podman', 'runc', 'findmnt');
  const running = await startPodman();
  const options = podmanRunOptions.join(' ');
  return {
    environment: { CONTAINER_HOST: `unix://${running.socketPath}` },
    examples: [
      'podman --remote pull --tls-verify=false $PLAYGROUND_IMAGE',
      `podman --remote run --detach ${options} $PLAYGROUND_IMAGE ${lastingCommand.join(' ')}`,
    ],
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

async function containerd(): Promise<RunningService> {
  needs('containerd', 'ctr', 'runc', 'findmnt');
  const running = await startContainerd();
  return {
    environment: { CONTAINERD_ADDRESS: running.socketPath, CONTAINERD_NAMESPACE: 'k8s.io' },
    examples: [
      'ctr images pull --plain-http $PLAYGROUND_IMAGE',
      `ctr run --detach --null-io $PLAYGROUND_IMAGE box ${lastingCommand.join(' ')}`,
    ],
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

async function falconCloud(folder: string): Promise<RunningService> {
  const cloud = await createFalconCloud({ storeDir: join(folder, 'falcon-cloud'), control: true });
  return {
    environment: {
      AGENT_CLIENT_ID: cloud.clientId,
      AGENT_CLIENT_SECRET: cloud.clientSecret,
      AGENT_REGION: cloud.region,
      IAR_FALCON_API_URL: cloud.apiUrl,
      IAR_FALCON_UPLOAD_URL: cloud.uploadUrl,
      FALCON_CLOUD_CONTROL_URL: cloud.controlUrl ?? '',
    },
    examples: ['./iar run -runmode watcher', 'curl $FALCON_CLOUD_CONTROL_URL/inventories'],
    [Symbol.asyncDispose]: () => cloud.close(),
  };
}

function goArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

/** Names what is missing all at once, where a start would name one thing after the other. */
function needs(...tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => !hasTool(tool));
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')}`);
}
