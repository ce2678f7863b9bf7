import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, detectRuntime, type Runtime } from '@falcon-iar/runtime-socket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BusyboxImage, lastingCommand, writeBusyboxImage } from '../support/busybox-image.ts';
import { type Containerd, startContainerd } from '../support/containerd.ts';
import { canRun } from '../support/required-tools.ts';
import { collectWatch, countBytes } from '../support/runtime-watch.ts';

const name = 'registry.example/team/box:latest';
const tools = ['containerd', 'ctr', 'runc', 'skopeo', 'busybox', 'findmnt'] as const;
const runnable = canRun('containerd', tools, { root: true });

describe.runIf(runnable)('containerd', () => {
  let scratch: string;
  let image: BusyboxImage;
  let containerd: Containerd;
  let runtime: Runtime;

  const run = (id: string): Promise<string> =>
    containerd.ctr('run', '--detach', '--null-io', name, id, ...lastingCommand);

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-containerd-'));
    image = await writeBusyboxImage(join(scratch, 'image'), name);
    containerd = await startContainerd();
    await containerd.ctr('images', 'import', '--base-name', 'registry.example/team/box', image.ociArchive);
    runtime = createRuntime({ kind: 'containerd', socketPath: containerd.socketPath });
  });

  afterAll(async () => {
    await runtime?.close();
    await containerd?.[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
  });

  it('is found by asking, also through its CRI', async () => {
    const { socketPath } = containerd;
    const candidates = [{ kind: 'crio', socketPath } as const, { kind: 'docker', socketPath } as const];
    const { found, refused } = await detectRuntime({ candidates });
    expect(found).toMatchObject([{ endpoint: { kind: 'containerd', socketPath } }]);
    expect(refused).toMatchObject([{ endpoint: { kind: 'docker' } }]);
  });

  it('gives the image as it was pulled: its own manifest, compressed layers, verified', async () => {
    const found = await runtime.imageSource().resolve(name);
    expect(found).toMatchObject({
      digest: image.manifestDigest,
      identity: 'manifest',
      configDigest: image.configDigest,
      synthesized: false,
      platform: { os: 'linux', architecture: 'amd64' },
    });
    expect(found.layers.map(({ digest }) => digest)).toEqual(image.layerDigests);
    expect(found.layers.map(({ diffId }) => diffId)).toEqual(image.diffIds);
    for (const layer of found.layers) expect(await countBytes(layer.open())).toBe(layer.size);
    const read: number[] = [];
    for await (const { index, size, stream } of found.exportLayers({ wanted: image.diffIds.slice(1) })) {
      expect(await countBytes(stream)).toBe(size);
      read.push(index);
    }
    expect(read).toEqual([1, 2]);
  });

  it('does not have what it does not have, nor in another namespace', async () => {
    await expect(runtime.imageSource().resolve('none')).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
    const platform = { os: 'linux', architecture: 's390x' };
    await expect(runtime.imageSource().resolve(name, { platform })).rejects.toMatchObject({
      code: 'PLATFORM_MISMATCH',
    });
    await using other = createRuntime({ kind: 'containerd', socketPath: containerd.socketPath, namespace: 'moby' });
    await expect(other.imageSource().resolve(name)).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
  });

  it('reports what runs, what starts and what stops, once each, over a restart', async () => {
    await run('first');
    await using watch = collectWatch(runtime);
    await watch.until('listed', 1);
    expect(watch.names('started')).toEqual(['first']);
    await run('second');
    await watch.until('started', 2);
    await containerd.ctr('tasks', 'kill', '--signal', 'SIGKILL', 'first');
    await watch.until('stopped', 1);
    expect(watch.container('second')).toMatchObject({
      reference: name,
      digest: image.manifestDigest,
      identity: 'manifest',
    });
    // Containers run on while the daemon is away.
    await containerd.restart();
    await watch.until('listed', 2);
    await run('third');
    await watch.until('started', 3);
    expect(watch.names('started')).toEqual(['first', 'second', 'third']);
    expect(watch.names('stopped')).toEqual(['first']);
  });

  it('names the layer that was thrown away after unpacking', async () => {
    await containerd.ctr('content', 'rm', image.layerDigests[1]!);
    const { layers } = await runtime.imageSource().resolve(name);
    const reading = async (): Promise<void> => {
      for await (const _ of layers[1]!.open());
    };
    await expect(reading()).rejects.toMatchObject({
      code: 'CONTENT_DISCARDED',
      message: expect.stringContaining('layer 1'),
    });
  });
});
