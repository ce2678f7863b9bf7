import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunKubernetes } from '../support/kubernetes/can-run-kubernetes.ts';
import { canRun } from '../support/required-tools.ts';
import { runToEnd, runTool, type ToolResult } from '../support/run-tool.ts';

const program = (name: string): string => join(import.meta.dirname, '..', 'playground', name);
const canStart =
  canRun('the playground', ['dockerd', 'podman', 'ctr', 'docker-registry', 'skopeo', 'busybox'], { root: true }) &&
  canRunKubernetes('the playground');
let folder: string;

/** Where a playground of the developer who runs the tests is not in the way. */
async function run(name: string, env: NodeJS.ProcessEnv = {}): Promise<ToolResult> {
  return await runToEnd(process.execPath, [program(name)], { env: { ...process.env, TMPDIR: folder, ...env } });
}

/** Processes whose command line names the folder of this test. */
async function processesOfFolder(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // One that ends meanwhile is none.
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(folder));
}

describe.runIf(canStart)('the playground', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'i-'));
  });

  afterAll(async () => {
    await run('down.ts');
    await rm(folder, { recursive: true, force: true });
  });

  it('leaves every service running, as it says, until it is ended', { timeout: 1_800_000 }, async () => {
    const up = await run('up.ts');
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const environmentFile = /^Make all of it known to a shell: +\. (.+)$/m.exec(up.stdout)?.[1];
    const inShell = (command: string) => runTool('sh', ['-c', `. '${environmentFile}' && ${command}`]);
    const image = (await inShell('echo $PLAYGROUND_IMAGE')).trim();
    const examples = up.stdout.split('\n').filter((line) => line.startsWith('    '));
    const tried = examples.filter((line) => !line.includes('./iar'));
    for (const example of tried) await inShell(example);
    expect(tried.length).toBeGreaterThan(6);
    expect(await inShell('docker ps --format "{{.Image}}"')).toBe(`${image}\n`);
    expect(await inShell('podman --remote ps --format "{{.Image}}"')).toBe(`${image}\n`);
    expect(await inShell('ctr containers list')).toContain(image);

    const again = await run('up.ts');
    expect(again).toMatchObject({ code: 0, stdout: up.stdout });

    const down = await run('down.ts');
    expect(down).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['iar-playground', 'etcd', 'kube-apiserver', 'docker-registry', 'dockerd', 'podman']) {
      expect(down.stdout).toContain(`ended ${name} (`);
    }
    expect(await processesOfFolder()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends what it has started where one service cannot be, and names that', async () => {
    const up = await run('up.ts', { KUBEBUILDER_ASSETS: join(folder, 'nothing-here') });
    expect(up).toMatchObject({ code: 1, stdout: '' });
    expect(up.stderr).toMatch(/^Kubernetes API server: FAILED: .*nothing-here.*$/m);
    expect(await processesOfFolder()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    expect(await run('down.ts')).toMatchObject({ code: 0, stdout: 'Nothing was running.\n' });
  });
});
