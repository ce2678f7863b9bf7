import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FalconClient, type RetryPolicy } from '@falcon-iar/falcon-api';
import { minimalInventoryScanRequest } from '@falcon-iar/falcon-api/testing';
import { type ApiServer, createApiServer } from '@falcon-iar/k8s-watcher/testing';
import { createRegistry, type PushedImage, type TestRegistry } from '@falcon-iar/oci-registry/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runAgent } from '../support/agent.ts';
import { type FalconCloudProcess, startFalconCloud } from '../support/falcon-cloud-process.ts';
import { type RunningAgent, startAgent } from '../support/running-agent.ts';

let scratch: string;
let server: ApiServer;
let registry: TestRegistry;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-cloud-'));
  server = await createApiServer();
  registry = await createRegistry();
  server.put('namespaces', { metadata: { name: 'kube-system', uid: 'the-cluster' } });
  server.put('nodes', {
    metadata: { name: 'node-1' },
    status: { nodeInfo: { operatingSystem: 'linux', architecture: 'amd64' } },
  });
});

afterEach(async () => {
  await Promise.all([server.close(), registry.close()]);
  await rm(scratch, { recursive: true, force: true });
});

/** Pushes an image with one package of its own, and puts a pod into the cluster that runs it. */
async function deploy(name: string): Promise<PushedImage> {
  const image = await registry.push(`shop/${name}`, '1', {
    layers: [{ entries: [{ path: 'app/package.json', content: JSON.stringify({ name, version: '1.2.3' }) }] }],
  });
  server.put('pods', {
    metadata: { name, namespace: 'shop', uid: `uid-of-${name}` },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: image.reference }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          ...{ name: 'app', image: image.reference, imageID: `${registry.host}/shop/${name}@${image.digest}` },
          ...{ containerID: `containerd://id-of-${name}`, state: { running: {} } },
        },
      ],
    },
  });
  return image;
}

/** Starts the built agent with nothing but the variables of the cloud and the way to the cluster. */
async function runAgainst(cloud: FalconCloudProcess): Promise<RunningAgent> {
  const kubeconfig = join(scratch, 'kubeconfig');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
      clusters: [{ name: 'test', cluster: { server: server.url } }],
      users: [{ name: 'test', user: { token: 'of-the-cluster' } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    }),
  );
  const state = join(scratch, 'state');
  return startAgent(['--runmode', 'watcher', '--sink', 'falcon'], {
    ...(await cloud.variables()),
    ...{ KUBECONFIG: kubeconfig, IAR_STATE_DIR: state, AGENT_CLUSTER_NAME: 'shop-1' },
  });
}

const stored = async (cloud: FalconCloudProcess, count: number) =>
  vi.waitFor(
    async () => {
      const inventories = await cloud.inventories();
      expect(inventories).toHaveLength(count);
      return inventories;
    },
    { timeout: 60_000, interval: 200 },
  );

describe('iar falcon-cloud', () => {
  it('takes what the agent delivers, through a failing host and its own death, and gives it back', async () => {
    await using cloud = await startFalconCloud(join(scratch, 'store'));
    await using agent = await runAgainst(cloud);
    const first = await deploy('first');
    const [before] = await stored(cloud, 1);
    expect(before).toMatchObject({ digest: first.digest, host: 'upload', repeats: 0 });

    // The upload host fails while it runs.
    await cloud.control('/faults', { uploadInventory: { answer: 503 } });
    const second = await deploy('second');
    expect((await stored(cloud, 2))[1]).toMatchObject({ digest: second.digest, host: 'api' });
    await cloud.control('/faults', {});

    // The cloud is killed; what was stored is there at the next start, and what could not be delivered follows.
    expect(await cloud.end('SIGKILL')).toBe('SIGKILL');
    const third = await deploy('third');
    await cloud.start();
    const all = await stored(cloud, 3);
    expect(all[0]).toEqual(before);
    expect(all.map(({ digest }) => digest)).toEqual([first.digest, second.digest, third.digest]);
    expect(await agent.end('SIGTERM')).toBe(143);
    expect(agent.lines.filter(({ level }) => level === 'error')).toEqual([]);

    await readBack(cloud, [first, second, third]);
    expect(await cloud.commandLine()).not.toContain((await cloud.variables()).FALCON_CLIENT_SECRET);
    expect(await cloud.end('SIGTERM')).toBe(143);
    await nothingTold(cloud, agent);
  });

  it('has after a kill in the middle of many uploads each one that it had answered, and nothing torn', async () => {
    await using cloud = await startFalconCloud(join(scratch, 'store'));
    await using client = await clientOf(cloud, { retry: { attempts: 1 } });
    const accepted: string[] = [];
    const uploads = Array.from({ length: 200 }, async (_, index) => {
      const digest = `sha256:${String(index).padStart(64, '0')}`;
      await client.inventory.upload(minimalInventoryScanRequest(digest));
      accepted.push(digest);
      if (accepted.length === 40) await cloud.end('SIGKILL');
    });
    const failed = (await Promise.allSettled(uploads)).filter(({ status }) => status === 'rejected').length;
    expect(failed).toBeGreaterThan(0);
    await cloud.start();
    const inventories = await cloud.inventories();
    const digests = new Set(inventories.map(({ digest }) => digest));
    expect(accepted.filter((digest) => !digests.has(digest))).toEqual([]);
    for (const { id, digest } of inventories) {
      expect(await cloud.control(`/inventories/${id}`)).toEqual(minimalInventoryScanRequest(digest));
    }
  });

  it('tells its operator, and not the caller, why a body was refused', async () => {
    await using cloud = await startFalconCloud(join(scratch, 'store'), ['--faults', '{"apiInventory":{"answer":500}}']);
    const {
      FALCON_CLIENT_ID: clientId = '',
      FALCON_CLIENT_SECRET: clientSecret = '',
      ...variables
    } = await cloud.variables();
    const { IAR_FALCON_API_URL: apiUrl = '', IAR_FALCON_UPLOAD_URL: uploadUrl = '' } = variables;
    await using client = new FalconClient({ apiUrl, uploadUrl, credentials: { clientId, clientSecret } });
    const broken = { agent_uuid: 7 } as unknown as Parameters<typeof client.inventory.upload>[0];
    await expect(client.inventory.upload(broken)).rejects.toMatchObject({ code: 'PAYLOAD_REJECTED' });
    await vi.waitFor(() =>
      expect(cloud.output.stderr).toMatch(/upload POST \S+image-inventory\/v1 400 .*: agent_uuid: /),
    );
    expect(await cloud.inventories()).toEqual([]);
  });

  it.each<[string, string[], { pair?: boolean }, string]>([
    ['a secret on the command line', ['--client-secret', 'x'], {}, 'does not belong on a command line'],
    ['no API client and no file for one', [], {}, 'no API client'],
    ['half an API client', ['--client-id', 'x'], {}, 'FALCON_CLIENT_SECRET is not set'],
    ['an address that is none', ['--listen', 'here'], { pair: true }, '--listen here'],
    ['faults that are none', ['--faults', '{"x":1}'], { pair: true }, '--faults'],
    ['a customer id that is none', ['--cid', 'x'], { pair: true }, 'customer id'],
    ['a limit that is none', ['--rate-limit', '0'], { pair: true }, 'whole number'],
    ['a store that is none', ['--store', '/dev/null'], { pair: true }, '/dev/null'],
  ])('ends with 2 and a hint for %s', async (_what, args, { pair = false }, message) => {
    const env = pair ? { FALCON_CLIENT_ID: 'id', FALCON_CLIENT_SECRET: 'the-secret' } : {};
    const { code, stdout, stderr } = await runAgent(['falcon-cloud', ...args], { env });
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^hint: /m);
    expect(stderr).not.toContain('the-secret');
  });
});

async function clientOf(cloud: FalconCloudProcess, options: { retry?: RetryPolicy } = {}): Promise<FalconClient> {
  const { FALCON_CLIENT_ID: clientId = '', FALCON_CLIENT_SECRET: clientSecret = '', ...more } = await cloud.variables();
  const { IAR_FALCON_API_URL: apiUrl = '', IAR_FALCON_UPLOAD_URL: uploadUrl = '' } = more;
  return new FalconClient({ apiUrl, uploadUrl, credentials: { clientId, clientSecret }, ...options });
}

/** Asks the read side, and the verbs of `iar images`, with the variables of the cloud alone. */
async function readBack(cloud: FalconCloudProcess, images: readonly PushedImage[]): Promise<void> {
  const variables = await cloud.variables();
  await using client = await clientOf(cloud);
  const listed: string[] = [];
  for await (const image of client.images.list()) listed.push(image.image_digest);
  expect(listed.toSorted()).toEqual(images.map(({ digest }) => digest).toSorted());
  const body = (await cloud.control(`/inventories/${(await cloud.inventories())[0]!.id}`)) as {
    inventory: { ApplicationPackages: { libraries: { Name: string; Version: string }[] }[] };
  };
  expect(body.inventory.ApplicationPackages[0]?.libraries).toMatchObject([{ Name: 'first', Version: '1.2.3' }]);
  const cid = await runAgent(['images', 'cid'], { env: variables });
  expect(cid.stdout, cid.stderr).toBe(`${variables.FALCON_CID}\n`);
  const tags = await runAgent(['images', 'list-tags', '--type', 'falcon-imageanalyzer'], { env: variables });
  expect(JSON.parse(tags.stdout).name, tags.stderr).toBe('falcon-imageanalyzer');
}

/** No secret in what either of them wrote, nor where everyone on the machine can look. */
async function nothingTold(cloud: FalconCloudProcess, agent: RunningAgent): Promise<void> {
  const { FALCON_CLIENT_SECRET: secret = '', FALCON_CID: cid = '' } = await cloud.variables();
  expect(secret).toMatch(/^[\da-f]{40}$/);
  expect(cid).toMatch(/^[\dA-F]{32}-/);
  const texts = [cloud.output.stdout, cloud.output.stderr, JSON.stringify(agent.lines), ...agent.strays];
  expect(texts.filter((text) => text.includes(secret) || /Bearer \S/.test(text))).toEqual([]);
  expect(cloud.output.stderr).toContain(' upload POST /image-assessment/entities/image-inventory/v1 200 ');
  expect((await stat(join(scratch, 'store', 'falcon-cloud.env'))).mode & 0o077).toBe(0);
}
