import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAgent } from '../support/agent.ts';
import { startContainerd } from '../support/containerd.ts';
import { startDockerd } from '../support/dockerd.ts';
import { startPodman } from '../support/podman.ts';
import { saveArchive } from '../support/pushed-image.ts';
import { realImage } from '../support/real-image.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

/** What is equal whatever the image is read from, see architecture: packages with their places, layers, history. */
interface Inventory {
  readonly subject: { readonly identity: string; readonly configDigest: string };
  readonly layers: readonly { readonly diffId: string; readonly createdBy?: string }[];
  readonly packages: readonly unknown[];
  readonly complete: boolean;
}

const name = 'registry.example/team/real:1';
const runnable = canRun('scans of what runtimes have', ['dockerd', 'docker', 'containerd', 'ctr', 'podman', 'skopeo'], {
  root: true,
});

describe.runIf(runnable)('iar scan of an image that a runtime has', () => {
  let scratch: string;
  let layout: string;
  let dockerArchive: string;
  let expected: Inventory;

  const inventoryOf = async (target: string, env: NodeJS.ProcessEnv = {}): Promise<Inventory> => {
    const { code, stdout, stderr } = await runAgent(['scan', '-q', target, '-o', 'json'], { env });
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };

  const same = ({ packages, layers, complete, subject }: Inventory): unknown => ({
    ...{ packages, complete, configDigest: subject.configDigest },
    layers: layers.map(({ diffId, createdBy }) => ({ diffId, createdBy })),
  });

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-scan-runtimes-'));
    layout = await (await realImage()).layout('gzip');
    dockerArchive = join(scratch, 'docker.tar');
    await saveArchive(layout, 'docker-archive', dockerArchive, name);
    expected = await inventoryOf(`oci-layout:${layout}`);
  });

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it('finds in Docker what it finds in the image itself', async () => {
    await using dockerd = await startDockerd();
    await dockerd.docker('load', '--quiet', '--input', dockerArchive);
    const found = await inventoryOf(`docker:${name}`, { DOCKER_HOST: `unix://${dockerd.socketPath}` });
    expect(same(found)).toEqual(same(expected));
    expect(found.subject.identity).toBe('config');
  });

  it('finds in Podman what it finds in the image itself', async () => {
    await using server = await startPodman();
    await server.podman('load', '--quiet', '--input', dockerArchive);
    const found = await inventoryOf(`podman:${name}`, { CONTAINER_HOST: `unix://${server.socketPath}` });
    expect(same(found)).toEqual(same(expected));
  });

  it('finds in containerd what it finds in the image itself', async () => {
    await using containerd = await startContainerd();
    const archive = join(scratch, 'oci.tar');
    await runTool('tar', ['-C', layout, '-cf', archive, '.']);
    await containerd.ctr('images', 'import', '--index-name', name, archive);
    const env = { CONTAINERD_ADDRESS: containerd.socketPath, CONTAINERD_NAMESPACE: 'k8s.io' };
    const found = await inventoryOf(`containerd:${name}`, env);
    expect(same(found)).toEqual(same(expected));
    expect(found.subject.identity).toBe('manifest');
  });

  it('says which image a runtime does not have, and which runtime is not there', async () => {
    await using dockerd = await startDockerd();
    const env = { DOCKER_HOST: `unix://${dockerd.socketPath}` };
    const missing = await runAgent(['scan', '-q', 'docker:no/such:1'], { env });
    expect({ code: missing.code, stdout: missing.stdout }).toEqual({ code: 3, stdout: '' });
    expect(missing.stderr).toMatch(/^iar: error: \[IMAGE_UNKNOWN\] [^\n]*no\/such:1[^\n]*\nhint: [^\n]+\n$/);
    const gone = await runAgent(['scan', '-q', 'podman:x'], { env: { CONTAINER_HOST: `unix://${scratch}/none.sock` } });
    expect(gone.code).toBe(3);
    expect(gone.stderr).toMatch(/^iar: error: \[[A-Z_]+\] [^\n]*none\.sock[^\n]*\nhint: [^\n]+\n$/);
    const remote = await runAgent(['scan', '-q', 'docker:x'], { env: { DOCKER_HOST: 'tcp://10.0.0.1:2375' } });
    expect(remote.code).toBe(2);
  });
});
