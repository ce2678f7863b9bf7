import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, detectRuntime, type ImageConfig, type Runtime } from '@falcon-iar/runtime-socket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BusyboxImage, lastingCommand, writeBusyboxImage } from '../support/busybox-image.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { type Podman, podmanRunOptions, startPodman } from '../support/podman.ts';
import { canRun } from '../support/required-tools.ts';
import { collectWatch, countBytes } from '../support/runtime-watch.ts';

const name = 'registry.example/team/box:1';
let scratch: string;
let image: BusyboxImage;

/** What differs between the two programs that answer Docker's API. */
interface Engine extends AsyncDisposable {
  readonly socketPath: string;
  readonly digest: string;
  run(container: string): Promise<unknown>;
  stop(container: string): Promise<unknown>;
  restart(between?: () => Promise<void>): Promise<void>;
}

async function dockerEngine(): Promise<Engine> {
  const dockerd: Dockerd = await startDockerd();
  await dockerd.docker('load', '--quiet', '--input', image.dockerArchive);
  return {
    ...dockerd,
    digest: image.configDigest,
    run: (container) => dockerd.docker('run', '-d', '--network=none', '--name', container, name, ...lastingCommand),
    stop: (container) => dockerd.docker('kill', container),
  };
}

async function podmanEngine(): Promise<Engine> {
  const server: Podman = await startPodman();
  await server.podman('load', '--quiet', '--input', image.dockerArchive);
  const digest = await server.podman('image', 'inspect', '--format', '{{.Digest}}', name);
  return {
    ...server,
    digest: digest.trim(),
    run: (container) => server.podman('run', '-d', ...podmanRunOptions, '--name', container, name, ...lastingCommand),
    stop: (container) => server.podman('kill', container),
  };
}

const canDocker = canRun('Docker', ['dockerd', 'docker', 'containerd', 'runc', 'skopeo', 'busybox', 'findmnt'], {
  root: true,
});
const canPodman = canRun('Podman', ['podman', 'runc', 'skopeo', 'busybox', 'findmnt'], { root: true });
const engines = [
  ...(canDocker ? [{ kind: 'docker' as const, other: 'podman' as const, start: dockerEngine }] : []),
  ...(canPodman ? [{ kind: 'podman' as const, other: 'docker' as const, start: podmanEngine }] : []),
];

describe.runIf(engines.length > 0)('a runtime with the API of Docker', () => {
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-runtime-'));
    image = await writeBusyboxImage(join(scratch, 'image'), name);
  });

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  describe.each(engines)('$kind', ({ kind, other, start }) => {
    let engine: Engine;
    let runtime: Runtime;

    beforeAll(async () => {
      engine = await start();
      runtime = createRuntime({ kind, socketPath: engine.socketPath });
    });

    afterAll(async () => {
      await runtime?.close();
      await engine?.[Symbol.asyncDispose]();
    });

    it('is found by asking, whatever it was taken for', async () => {
      const { socketPath } = engine;
      const candidates = [{ kind: other, socketPath } as const, { kind: 'containerd', socketPath } as const];
      const { found, refused } = await detectRuntime({ candidates });
      expect(found).toMatchObject([{ endpoint: { kind, socketPath }, version: { kind } }]);
      expect(refused).toMatchObject([{ error: { code: 'UNSUPPORTED' } }]);
    });

    it('gives the image by name and by digest, with the config the image was made with', async () => {
      await using source = runtime.imageSource();
      const found = await source.resolve(name);
      expect(found).toMatchObject({
        digest: engine.digest,
        identity: kind === 'podman' ? 'manifest' : 'config',
        configDigest: image.configDigest,
        synthesized: true,
        platform: { os: 'linux', architecture: 'amd64' },
      });
      expect(found.layers.map(({ diffId }) => diffId)).toEqual(image.diffIds);
      expect(found.config.history?.map(({ created_by, empty_layer }) => empty_layer || created_by)).toEqual([
        'COPY /bin/busybox',
        'COPY /etc/motd',
        'COPY /var/large',
        true,
      ]);
      expect(await source.resolve(image.configDigest)).toMatchObject({ configDigest: image.configDigest });
    });

    it('exports all layers in one pass, each with its exact size, and the original config', async () => {
      const found = await runtime.imageSource().resolve(name);
      const configs: ImageConfig[] = [];
      const sizes = new Map<number, number>();
      for await (const layer of found.exportLayers({ onConfig: (config) => configs.push(config) })) {
        const bytes = await countBytes(layer.stream);
        expect(bytes).toBe(layer.size);
        sizes.set(layer.index, bytes);
      }
      const files = await Promise.all([0, 1, 2].map((index) => stat(join(scratch, `image/${index}.tar`))));
      expect([...sizes].sort(([a], [b]) => a - b).map(([, size]) => size)).toEqual(files.map(({ size }) => size));
      expect(configs.map(({ rootfs }) => rootfs.diff_ids)).toEqual([image.diffIds]);
    });

    it('opens one layer, and can be left in the middle of a large one', async () => {
      const found = await runtime.imageSource().resolve(name);
      expect(await countBytes(found.layers[1]!.open())).toBe((await stat(join(scratch, 'image/1.tar'))).size);
      for await (const chunk of found.layers[2]!.open()) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(await runtime.version()).toMatchObject({ kind });
    });

    it('does not have what it does not have', async () => {
      const source = runtime.imageSource();
      await expect(source.resolve('registry.example/team/none:1')).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
      const platform = { os: 'linux', architecture: 's390x' };
      await expect(source.resolve(name, { platform })).rejects.toMatchObject({ code: 'PLATFORM_MISMATCH' });
    });

    it('reports what runs, what starts and what stops, once each, over a restart', async () => {
      await engine.run('first');
      await using watch = collectWatch(runtime);
      await watch.until('listed', 1);
      expect(watch.names('started')).toEqual(['first']);
      await engine.run('second');
      await watch.until('started', 2);
      await engine.stop('first');
      await watch.until('stopped', 1);
      expect(watch.names('stopped')).toEqual(['first']);
      expect(watch.container('second')).toMatchObject({ reference: name, digest: engine.digest });
      await engine.restart();
      await watch.until('interrupted', 1);
      await watch.until('listed', 2);
      // Docker ends its containers when it ends; Podman's run on.
      expect(watch.names('stopped')).toEqual(kind === 'docker' ? ['first', 'second'] : ['first']);
      await engine.run('third');
      await watch.until('started', 3);
      expect(watch.names('started')).toEqual(['first', 'second', 'third']);
    });
  });
});
