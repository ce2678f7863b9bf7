import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRuntime, type RuntimeChoice } from './find-runtime.ts';

let directory: string;
let server: Server | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'iar-rt-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  await rm(directory, { recursive: true });
});

/** A Docker, or a Podman that stands in for one, as far as it says who it is. */
async function engine(components: readonly string[] = []): Promise<string> {
  const path = join(directory, 'engine.sock');
  const version = { Version: '20.10.24', ApiVersion: '1.41', Components: components.map((Name) => ({ Name })) };
  server = createServer((_, response) => response.end(JSON.stringify(version)));
  await new Promise<void>((resolve) => server!.listen(path, resolve));
  return path;
}

const find = (choice: Partial<RuntimeChoice>) =>
  findRuntime({
    ...{ kind: undefined, socketPath: undefined, isKubernetes: false, namespace: undefined },
    signal: new AbortController().signal,
    ...choice,
  });

describe('findRuntime', () => {
  it('takes the runtime that was named without asking it', async () => {
    await using runtime = await find({ kind: 'podman', socketPath: join(directory, 'none.sock') });
    expect(runtime.kind).toBe('podman');
  });

  it('refuses a socket that cannot be one', async () => {
    await expect(find({ kind: 'docker', socketPath: 'tcp://host:2375' })).rejects.toMatchObject({
      code: 'ENDPOINT_INVALID',
    });
  });

  it.each([false, true])(
    'asks who is at a socket of which only the path is known (on a node: %s)',
    async (isKubernetes) => {
      const socketPath = await engine();
      await using runtime = await find({ socketPath, isKubernetes });
      expect(runtime.kind).toBe('docker');
    },
  );

  it('knows Podman that stands in for Docker', async () => {
    await using runtime = await find({ socketPath: await engine(['Podman Engine']) });
    expect(runtime.kind).toBe('podman');
  });

  it('says of each what it looked for, and what to do', async () => {
    const none = find({ socketPath: join(directory, 'none.sock'), namespace: 'k8s.io' });
    await expect(none).rejects.toMatchObject({
      ...{
        name: 'UsageError',
        message: expect.stringContaining('none.sock'),
        hint: expect.stringContaining('AGENT_RUNTIME_SOCKET'),
      },
    });
  });

  it('ends with the reason of its signal', async () => {
    const socketPath = await engine();
    await expect(find({ socketPath, signal: AbortSignal.abort('SIGTERM') })).rejects.toBe('SIGTERM');
  });
});
