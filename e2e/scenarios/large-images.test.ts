import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentEnvironment, agentProgram } from '../support/agent.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { canRunKubernetes } from '../support/kubernetes/can-run-kubernetes.ts';
import { type Kubernetes, startKubernetes } from '../support/kubernetes/start-kubernetes.ts';
import { type PushedLargeImage, pushLargeImages } from '../support/large-images.ts';
import { canRun } from '../support/required-tools.ts';
import { follow, type RunningAgent } from '../support/running-agent.ts';

const images = 20;
const atOnce = 5;
/** Whatever the images weigh together: 6 GB here. */
const mostMemory = 400_000_000;

const runnable =
  canRun('large images', ['docker-registry', 'unshare'], { root: true }) && canRunKubernetes('large images');

describe.runIf(runnable)('iar run with twenty images of 300 MB, five at once', () => {
  let scratch: string;
  let registry: DockerRegistry;
  let kubernetes: Kubernetes;
  let pushed: PushedLargeImage[];

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-large-'));
    registry = await startDockerRegistry();
    pushed = await pushLargeImages(registry, images);
    kubernetes = await startKubernetes();
    await kubernetes.cluster.createNamespace('large');
    await kubernetes.kubelet.runAll(
      pushed.map(({ reference, digest }, index) => ({
        ...{ namespace: 'large', name: `pod-${index}` },
        containers: [{ name: 'main', image: reference, imageId: `${reference.replace(/:1$/, '')}@${digest}` }],
      })),
    );
  });

  afterAll(async () => {
    await kubernetes?.close();
    await registry?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  /** The agent where nothing but its three folders can be written to. */
  const start = (): RunningAgent => {
    const env = agentEnvironment({
      ...{ IAR_HTTP_PORT: '0', IAR_HTTP_HOST: '127.0.0.1', KUBECONFIG: kubernetes.apiserver.kubeconfig },
      ...{ AGENT_RUNMODE: 'watcher', AGENT_MAX_CONSUMER_THREADS: String(atOnce) },
      ...{ IAR_STATE_DIR: join(scratch, 'state'), IAR_SCRATCH_DIR: join(scratch, 'scratch') },
      IAR_SINK: `file:${join(scratch, 'reports')}`,
    });
    const readOnly = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec "$@"';
    const command = ['sh', '-c', readOnly, 'sh', scratch, agentProgram, 'run'];
    const child = spawn('unshare', ['--mount', '--propagation', 'private', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    return follow(child);
  };

  it('stays below 400 MB, and writes nothing but its state, its scratch files and the reports', async () => {
    for (const folder of ['state', 'scratch', 'reports']) await mkdir(join(scratch, folder));
    await using agent = start();
    const reported = (): number => agent.lines.filter(({ msg }) => msg === 'report delivered').length;
    await agent.until(() => reported() >= images, 500_000);
    expect(agent.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(agent.strays).toEqual([]);
    const peak = await agent.peakMemory();
    process.stdout.write(`peak resident set: ${Math.round(peak / 1e6)} MB\n`);
    expect(peak).toBeLessThan(mostMemory);
    expect(await agent.end('SIGTERM')).toBe(143);
    expect((await readdir(scratch)).sort()).toEqual(['reports', 'scratch', 'state']);
    expect(await readdir(join(scratch, 'scratch'))).toEqual([]);
    expect(await readdir(join(scratch, 'state'))).toEqual(['iar.db']);
    for (const { digest } of pushed) {
      const folder = join(scratch, 'reports', digest.replace(':', '-'));
      expect((await readdir(folder)).sort()).toEqual(['inventory.json', 'sbom.cdx.json']);
      const { packages, complete } = JSON.parse(await readFile(join(folder, 'inventory.json'), 'utf8'));
      expect({ complete, isWhole: packages.length > 100 }).toEqual({ complete: true, isWhole: true });
    }
  }, 600_000);
});
