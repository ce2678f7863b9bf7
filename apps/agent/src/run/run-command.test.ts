import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiServer } from '@falcon-iar/k8s-watcher/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { putCluster } from '../workload/cluster.test-support.ts';
import { run } from './run-command.ts';

const written = vi.hoisted((): string[] => []);
vi.mock('../observe/log-destination.ts', () => ({
  openLogDestination: () => ({ write: (line: string) => void written.push(line) }),
}));

let directory: string;
beforeEach(async () => {
  written.length = 0;
  directory = await mkdtemp(join(tmpdir(), 'iar-command-'));
  vi.stubEnv('DOCKER_CONFIG', directory);
  vi.stubEnv('KUBECONFIG', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

const lines = (): { level: string; msg: string }[] =>
  written.map((line) => JSON.parse(line) as { level: string; msg: string });
const flags = () => ({ httpPort: 'off', sink: [`file:${join(directory, 'reports')}`] });

describe('iar run', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('ends with the exit code of %s', async (name, code) => {
    await using server = await createApiServer();
    putCluster(server);
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(
      kubeconfig,
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'a' },
        clusters: [{ name: 'a', cluster: { server: server.url } }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: '' } }],
      }),
    );
    vi.stubEnv('IAR_SINKS', 'falcon');
    const controller = new AbortController();
    const running = run({ ...flags(), runmode: 'watcher', kubeconfig }, controller.signal);
    await vi.waitFor(() => expect(written.join('')).toContain('everything that runs is known'), { timeout: 10_000 });
    controller.abort(name);
    expect(await running).toBe(code);
    // What was noticed of the settings is in the log too.
    expect(lines()[0]).toMatchObject({ level: 'warn', msg: expect.stringContaining('IAR_SINKS') });
    expect(lines().at(-1)).toMatchObject({ level: 'info', msg: 'agent stopped' });
  });

  it('ends with the exit code of a signal that came before it had begun', async () => {
    const given = { ...flags(), runmode: 'socket', runtime: 'docker', runtimeSocket: join(directory, 'none.sock') };
    expect(await run(given, AbortSignal.abort('SIGTERM'))).toBe(143);
  });

  it('throws what makes it end by itself, and what is wrong with its settings', async () => {
    const given = { ...flags(), runmode: 'socket', runtime: 'docker', runtimeSocket: join(directory, 'none.sock') };
    const { signal } = new AbortController();
    await expect(run(given, signal)).rejects.toMatchObject({ name: 'RuntimeError', code: 'NOT_FOUND' });
    await expect(run({ ...given, runmode: 'other' }, signal)).rejects.toMatchObject({ name: 'SettingsError' });
  });
});
