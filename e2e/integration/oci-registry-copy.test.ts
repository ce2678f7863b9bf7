import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CopyEvent,
  createDockerArchive,
  createOciArchive,
  createOciLayout,
  openDockerArchive,
  openOciLayout,
  RegistryClient,
} from '@falcon-iar/oci-registry';
import { buildImage, type ImageSpec, type IndexSpec, writeOciLayout } from '@falcon-iar/oci-registry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterBytes, breakingRelay } from '../support/breaking-relay.ts';
import { collect } from '../support/collect.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { startDockerd } from '../support/dockerd.ts';
import { writeLargeLayout } from '../support/large-layout.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';
import { skopeoDigest } from '../support/skopeo-digest.ts';

const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));
const several: IndexSpec = {
  images: platforms.map((platform) => ({ platform, layers: [{ entries: [{ path: platform.architecture }] }] })),
  attestations: true,
};
const small: ImageSpec = {
  layers: [
    { entries: [{ path: 'etc/hostname', content: 'copied\n' }] },
    { entries: [{ path: 'b' }], compression: 'none' },
  ],
};

let scratch: string;
let registry: DockerRegistry;
let client: RegistryClient;
let folders = 0;

async function largeLayout(megabytes: number): Promise<string> {
  const directory = join(scratch, `layout-${++folders}`);
  await writeLargeLayout(directory, megabytes);
  return directory;
}

/** An image in a layout of its own, under the tag `1`. */
async function layoutOf(spec: ImageSpec | IndexSpec): Promise<{ directory: string; digest: string }> {
  const image = await buildImage(spec);
  const directory = join(scratch, `layout-${++folders}`);
  await writeOciLayout(directory, [{ image, tag: '1' }]);
  return { directory, digest: image.root.digest };
}

/** The bytes of all layers of an image, read to their end and so verified. */
async function layerBytes(reference: string): Promise<number> {
  let bytes = 0;
  for (const layer of (await client.resolve(reference)).layers) {
    for await (const chunk of layer.open()) bytes += chunk.length;
  }
  return bytes;
}

const skopeoTls = ['--src-tls-verify=false', '--dest-tls-verify=false'];

describe.runIf(canRun('copying images', ['docker-registry', 'skopeo', 'umoci', 'tar']))(
  'images that were copied',
  () => {
    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-copy-'));
      registry = await startDockerRegistry();
      client = new RegistryClient();
    });

    afterAll(async () => {
      await client?.close();
      await registry?.close();
      await rm(scratch, { recursive: true, force: true });
    });

    it('are read by skopeo out of the registry, with equal digests', async () => {
      const { directory, digest } = await layoutOf(small);
      await using source = openOciLayout(directory);
      const to = `${registry.host}/team/small:1`;
      expect(await client.copy({ source, reference: '1' }, to)).toMatchObject({ digest, identical: true });
      expect(await skopeoDigest('--tls-verify=false', `docker://${to}`)).toBe(digest);
      const round = join(scratch, 'round');
      await runTool('skopeo', ['copy', ...skopeoTls, '--preserve-digests', `docker://${to}`, `oci:${round}:1`]);
      expect(await skopeoDigest(`oci:${round}:1`)).toBe(digest);
      expect(await collect(client.listTags(`${registry.host}/team/small`))).toEqual(['1']);
      expect(await collect(client.listRepositories(registry.host))).toContain('team/small');
      expect(await collect(client.listReferrers(to))).toEqual([]);
    });

    it('are whole indexes where nothing was chosen, and one platform where one was', async () => {
      const { directory, digest } = await layoutOf(several);
      await using source = openOciLayout(directory);
      const to = `${registry.host}/team/several:1`;
      await client.copy({ source, reference: '1' }, to);
      const round = join(scratch, 'round-all');
      await runTool('skopeo', [
        'copy',
        '--all',
        ...skopeoTls,
        '--preserve-digests',
        `docker://${to}`,
        `oci:${round}:1`,
      ]);
      expect(await skopeoDigest(`oci:${round}:1`)).toBe(digest);
      const back = createOciLayout(join(scratch, 'back'));
      expect(await client.copy(to, { target: back, name: '1' })).toMatchObject({ digest, identical: true });
      const one = await client.copy(
        to,
        { target: back, name: 'arm' },
        { platforms: { os: 'linux', architecture: 'arm64' } },
      );
      expect(await skopeoDigest(`oci:${join(scratch, 'back')}:arm`)).toBe(one.digest);
      const both = await client.copy(to, `${registry.host}/team/several:both`, { platforms });
      expect(await skopeoDigest('--tls-verify=false', `docker://${registry.host}/team/several:both`)).toBe(both.digest);
    });

    it('have zstd layers still', async () => {
      const { directory, digest } = await layoutOf({ layers: [{ entries: [{ path: 'z' }], compression: 'zstd' }] });
      await using source = openOciLayout(directory);
      const to = `${registry.host}/team/zstd:1`;
      await client.copy({ source, reference: '1' }, to);
      const round = join(scratch, 'round-zstd');
      await runTool('skopeo', ['copy', ...skopeoTls, `docker://${to}`, `oci:${round}:1`]);
      expect(await skopeoDigest(`oci:${round}:1`)).toBe(digest);
    });

    it('are mounted within the registry', async () => {
      const { directory } = await layoutOf({ layers: [{ entries: [{ path: 'mounted' }] }] });
      await using source = openOciLayout(directory);
      await client.copy({ source, reference: '1' }, `${registry.host}/from/app:1`);
      const result = await client.copy(`${registry.host}/from/app:1`, `${registry.host}/to/app:1`);
      expect(result.blobs).toEqual({ copied: 0, mounted: 2, existing: 0 });
      await expect
        .poll(
          () => registry.requests.filter(({ uri, status }) => uri.includes('mount=sha256') && status === 201).length,
        )
        .toBe(2);
    });

    it('are whole where the connection broke in the middle of a layer', async () => {
      const directory = await largeLayout(40);
      for (const chunkBytes of [8 << 20, 64 << 20]) {
        await using relay = await breakingRelay(registry.host, afterBytes(20 << 20));
        await using source = openOciLayout(directory);
        const name = `cut/app-${chunkBytes}`;
        const options = { chunkBytes, concurrency: 1 };
        const result = await client.copy({ source, reference: '1' }, `${relay.host}/${name}:1`, options);
        expect(result.identical).toBe(true);
        expect(relay.breaks()).toBe(1);
        expect(await layerBytes(`${registry.host}/${name}:1`)).toBe(40 << 20);
      }
    });

    it('go on from the piece at which the connection broke', async () => {
      const directory = await largeLayout(40);
      let patches = 0;
      await using relay = await breakingRelay(registry.host, (chunk) => {
        patches += chunk.subarray(0, 6).toString('latin1') === 'PATCH ' ? 1 : 0;
        return patches === 4;
      });
      await using source = openOciLayout(directory);
      await client.copy({ source, reference: '1' }, `${relay.host}/resumed/app:1`, {
        chunkBytes: 8 << 20,
        concurrency: 1,
      });
      expect(relay.breaks()).toBe(1);
      expect(await layerBytes(`${registry.host}/resumed/app:1`)).toBe(40 << 20);
      const asked = registry.requests.filter(({ uri }) => uri.startsWith('/v2/resumed/app/blobs/uploads/'));
      const sent = asked.map(({ method, status }) => `${method} ${status}`);
      expect(sent.filter((line) => line === 'PATCH 202')).toHaveLength(5);
      // One upload for the config, one for the layer, and one look at how far it was.
      expect(sent.filter((line) => line === 'POST 202')).toHaveLength(2);
      expect(sent.filter((line) => line === 'GET 204')).toHaveLength(1);
    });

    it('take no more memory for a large layer', async () => {
      const directory = await largeLayout(400);
      await using source = openOciLayout(directory);
      const before = process.memoryUsage.rss();
      let most = 0;
      const onProgress = ({ type }: CopyEvent): void => {
        if (type === 'bytes') most = Math.max(most, process.memoryUsage.rss());
      };
      await client.copy({ source, reference: '1' }, `${registry.host}/large/app:1`, { onProgress });
      await client.copy(
        `${registry.host}/large/app:1`,
        { target: createOciArchive(join(scratch, 'large.tar')) },
        { onProgress },
      );
      expect((most - before) / (1 << 20)).toBeLessThan(200);
    });

    it('leave nothing behind where the copy was stopped', async () => {
      const directory = await largeLayout(30);
      await using source = openOciLayout(directory);
      await using own = new RegistryClient();
      const before = registry.requests.length;
      const stopped = async (
        from: string | { source: typeof source; reference: string },
        to: Parameters<typeof own.copy>[1],
      ) => {
        const abort = new AbortController();
        const reason = new Error('enough');
        let bytes = 0;
        const onProgress = (event: CopyEvent): void => {
          if (event.type === 'bytes') bytes += event.bytes;
          if (bytes > 15 << 20) abort.abort(reason);
        };
        await expect(own.copy(from, to, { onProgress, signal: abort.signal, chunkBytes: 4 << 20 })).rejects.toBe(
          reason,
        );
      };
      await stopped({ source, reference: '1' }, `${registry.host}/stopped/app:1`);
      await expect.poll(() => registry.requests.slice(before).some(({ method }) => method === 'DELETE')).toBe(true);
      await client.copy({ source, reference: '1' }, `${registry.host}/stopped/app:1`);
      const folder = join(scratch, 'stopped');
      await mkdir(folder);
      await stopped(`${registry.host}/stopped/app:1`, { target: createOciArchive(join(folder, 'image.tar')) });
      expect(await readdir(folder)).toEqual([]);
      await stopped(`${registry.host}/stopped/app:1`, { target: createOciLayout(join(folder, 'layout')) });
      const left = await readdir(join(folder, 'layout'), { recursive: true });
      expect(left.filter((path) => /copy-|index\.json|blobs\/sha256\/./.test(path)).length).toBeLessThanOrEqual(1);
      await own.close();
      await client.close();
      client = new RegistryClient();
      await expect.poll(() => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap')).toEqual([]);
    });

    it('are layouts and archives that umoci, skopeo and tar read', async () => {
      const { directory, digest } = await layoutOf(small);
      await using source = openOciLayout(directory);
      const from = { source, reference: '1' };
      const layout = join(scratch, 'written');
      await client.copy(from, { target: createOciLayout(layout), name: 'stable' });
      expect(await skopeoDigest(`oci:${layout}:stable`)).toBe(digest);
      await runTool('umoci', ['unpack', '--rootless', '--image', `${layout}:stable`, join(scratch, 'bundle')]);
      expect(await readFile(join(scratch, 'bundle/rootfs/etc/hostname'), 'utf8')).toBe('copied\n');
      const archive = join(scratch, 'written.tar');
      await client.copy(from, { target: createOciArchive(archive), name: 'stable' });
      expect(await skopeoDigest(`oci-archive:${archive}:stable`)).toBe(digest);
      const names = (await runTool('tar', ['-tf', archive])).trim().split('\n');
      expect(names.slice(0, 3)).toEqual(['oci-layout', 'blobs/', 'blobs/sha256/']);
      const docker = join(scratch, 'written-docker.tar');
      await client.copy(from, { target: createDockerArchive(docker), name: 'team/small:1' });
      const inspected = JSON.parse(await runTool('skopeo', ['inspect', `docker-archive:${docker}`])) as {
        Layers: string[];
      };
      expect(inspected.Layers).toHaveLength(2);
      expect(await skopeoDigest(`oci-archive:${docker}:1`)).toBe(digest);
    });
  },
);

const canLoad = canRun('loading archives', ['dockerd', 'docker', 'containerd', 'runc', 'findmnt'], { root: true });

describe.runIf(canLoad)('an archive for Docker', () => {
  it('is loaded by an engine, and what that saves is read', async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-copy-'));
    await using engine = await startDockerd();
    await using own = new RegistryClient();
    const { directory } = await layoutOf(small);
    await using source = openOciLayout(directory);
    const path = join(scratch, 'image.tar');
    const name = 'registry.example.com/team/small:1';
    await own.copy({ source, reference: '1' }, { target: createDockerArchive(path), name });
    expect(await engine.docker('load', '--input', path)).toContain(name);
    const { configDigest } = await source.resolve('1');
    expect((await engine.docker('image', 'inspect', '--format', '{{.Id}}', name)).trim()).toBe(configDigest);
    const saved = join(scratch, 'saved.tar');
    await engine.docker('save', '--output', saved, name);
    await using archive = openDockerArchive(saved);
    expect(await archive.resolve(name)).toMatchObject({ configDigest });
    const again = join(scratch, 'again.tar');
    await own.copy({ source: archive, reference: name }, { target: createDockerArchive(again), name: 'team/again:1' });
    expect(await engine.docker('load', '--input', again)).toContain('team/again:1');
    await rm(scratch, { recursive: true });
  });

  it('keeps zstd layers for engines that can load them', async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-copy-'));
    await using engine = await startDockerd();
    await using own = new RegistryClient();
    const { directory } = await layoutOf({ layers: [{ entries: [{ path: 'z' }], compression: 'zstd' }] });
    await using source = openOciLayout(directory);
    const path = join(scratch, 'image.tar');
    await own.copy(
      { source, reference: '1' },
      { target: createDockerArchive(path, { zstdLayers: 'keep' }), name: 'z:1' },
    );
    const major = Number((await engine.docker('version', '--format', '{{.Server.Version}}')).split('.')[0]);
    const loaded = engine.docker('load', '--input', path);
    if (major >= 23) expect(await loaded).toContain('z:1');
    // What createDockerArchive refuses, unless told otherwise.
    else await expect(loaded).rejects.toThrow(/exit code 1/);
    await rm(scratch, { recursive: true });
  });
});
