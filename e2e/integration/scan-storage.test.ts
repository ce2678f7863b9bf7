import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openContainersStorage } from '@falcon-iar/layer-extract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAgent } from '../support/agent.ts';
import { daemonFolder, removeDaemonFolder } from '../support/daemon.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { type InventoryDocument, sourceIndependent } from '../support/inventory-document.ts';
import { pushImage } from '../support/pushed-image.ts';
import { realImage } from '../support/real-image.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

const runnable = canRun(
  'scans of containers/storage',
  ['podman', 'skopeo', 'docker-registry', 'mmdebstrap', 'npm', 'findmnt'],
  { root: true },
);

// CRI-O keeps images as Podman does, and both without a service that would have to run.
describe.runIf(runnable)('iar scan of an image that CRI-O or Podman has unpacked', () => {
  let folder: string;
  let storage: string;
  let reference: string;
  let expected: InventoryDocument;

  const inventoryOf = async (target: string): Promise<InventoryDocument> => {
    const { code, stdout, stderr } = await runAgent(['scan', '-q', target, '-o', 'json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as InventoryDocument;
  };

  beforeAll(async () => {
    folder = await daemonFolder();
    storage = join(folder, 'root');
    await using registry = await startDockerRegistry();
    reference = `${registry.host}/team/real:1`;
    await pushImage(await (await realImage()).layout('gzip'), { reference });
    expected = await inventoryOf(reference);
    const options = ['--root', storage, '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')];
    await runTool('podman', [...options, 'pull', '--quiet', '--tls-verify=false', reference]);
  });

  afterAll(() => removeDaemonFolder(folder));

  it('finds what is in the registry, under the same digest', async () => {
    const found = await inventoryOf(`crio:[${storage}]${reference}`);
    expect(sourceIndependent(found)).toEqual(sourceIndependent(expected));
    expect(found.subject).toMatchObject({ digest: expected.subject.digest, identity: 'manifest' });
  });

  it('takes the folder as skopeo writes it, the digest and the id', async () => {
    const { subject } = expected;
    const id = (subject as unknown as { configDigest: string }).configDigest.replace('sha256:', '');
    const repository = reference.slice(0, reference.lastIndexOf(':'));
    for (const name of [id.slice(0, 12), `${repository}@${subject.digest}`]) {
      const found = await inventoryOf(`crio:[overlay@${storage}+${folder}/run]${name}`);
      expect(found.subject.digest).toBe(subject.digest);
    }
  });

  it('refuses a layer of which a file was changed', async () => {
    const { diffId } = expected.layers[0]!;
    const layer = (await openContainersStorage(storage)).layer(diffId!)!;
    const release = join(storage, 'overlay', layer.id, 'diff/usr/lib/os-release');
    const text = await readFile(release, 'utf8');
    await appendFile(release, '#');
    const { code, stdout, stderr } = await runAgent(['scan', '-q', `crio:[${storage}]${reference}`]);
    await writeFile(release, text);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^iar: error: \[STORAGE_INVALID\] layer 0, sha256:[^\n]+\nhint: [^\n]+\n$/);
  });

  it('says which image is not there, and which folder is none', async () => {
    const missing = await runAgent(['scan', '-q', `crio:[${storage}]no/such:1`]);
    expect(missing.code).toBe(3);
    expect(missing.stderr).toMatch(/^iar: error: \[IMAGE_UNKNOWN\] [^\n]*no\/such:1[^\n]*\nhint: [^\n]+\n$/);
    const none = await runAgent(['scan', '-q', `crio:[${folder}/none]x`]);
    expect(none.code).toBe(3);
    expect(none.stderr).toMatch(/^iar: error: \[NOT_FOUND\] [^\n]*none[^\n]*\nhint: [^\n]+\n$/);
  });
});
