import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileEvent, indexLayer, openSeekableLayer, type SeekableBlob, walkLayer } from '@falcon-iar/layer-extract';
import { buildLayer } from '@falcon-iar/layer-extract/testing';
import { type Image, RegistryClient } from '@falcon-iar/oci-registry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { analyzeLayer, dpkgCataloger, type LayerFacts } from '../../packages/sbom/src/index.ts';
import { writeBusyboxImage } from '../support/busybox-image.ts';
import { type CountingFront, countingFrontOf } from '../support/counting-front.ts';
import { daemonFolder, removeDaemonFolder } from '../support/daemon.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { installedPackages, installedTreeEntries } from '../support/installed-tree-layer.ts';
import { pushImage } from '../support/pushed-image.ts';
import { pushLayer } from '../support/pushed-layer.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

const runnable = canRun('seekable layers from a real registry', ['docker-registry']);
const isDatabase = (path: string): boolean => path === 'var/lib/dpkg/status';
const tocPath = 'stargz.index.json';
const formats = ['estargz', 'zstd:chunked'] as const;

/** A layer of an image, as `openSeekableLayer` takes it. */
function seekableBlob({ layers, manifest }: Image, index = 0): SeekableBlob {
  const { mediaType, size, openRange } = layers[index]!;
  const annotations = manifest.layers[index]!.annotations;
  return {
    ...{ mediaType, size },
    ...(annotations && { annotations }),
    readRange: (start, end, options) => openRange({ start, end }, options),
  };
}

/** Passes on what both kinds of walk have: eStargz keeps its table in the archive, as a file. */
async function* withoutTable(events: AsyncIterable<FileEvent>): AsyncGenerator<FileEvent> {
  for await (const event of events) if (event.path !== tocPath) yield event;
}

/** What dpkg's database says, and what the layer does to the file system. */
async function readFacts(events: AsyncIterable<FileEvent>): Promise<{ facts: LayerFacts; index: unknown }> {
  const indexed = indexLayer(withoutTable(events));
  // Only the database: of other files that the cataloger looks at, a table leaves the contents where they are.
  const cataloger = { ...dpkgCataloger, select: { path: isDatabase } };
  const facts = await analyzeLayer(indexed.events, { catalogers: [cataloger] });
  return { facts, index: indexed.index() };
}

describe.runIf(runnable)('a seekable layer in a real registry', () => {
  let registry: DockerRegistry;
  let front: CountingFront;
  let client: RegistryClient;

  const referenceOf = (format: string): string => `${front.host}/team/${format.replace(':', '-')}:1`;

  beforeAll(async () => {
    registry = await startDockerRegistry();
    await using pushing = new RegistryClient();
    await using open = await countingFrontOf(registry.host);
    front = open;
    for (const format of formats) {
      await pushLayer(pushing, referenceOf(format), buildLayer(installedTreeEntries(), { format }));
    }
  });

  afterAll(async () => {
    await registry?.close();
  });

  beforeEach(async () => {
    front = await countingFrontOf(registry.host);
    client = new RegistryClient();
  });

  afterEach(async () => {
    await client.close();
    await front[Symbol.asyncDispose]();
  });

  /** Bytes of the layer that the registry has sent, and in how many answers. */
  function fetched(digest: string): { readonly bytes: number; readonly requests: number } {
    const ofLayer = front.answers.filter(({ request }) => request.endsWith(digest));
    expect(ofLayer.every(({ status, range }) => status === 206 && range !== undefined)).toBe(true);
    return { bytes: ofLayer.reduce((sum, { bytes }) => sum + bytes, 0), requests: ofLayer.length };
  }

  describe.each(formats)('%s', (format) => {
    it('gives the database of dpkg for less than 3 % of its bytes, equal to what the whole gives', async () => {
      const image = await client.resolve(referenceOf(format));
      const [layer] = image.layers;
      expect(layer!.size).toBeGreaterThan(250_000_000);

      const seekable = await openSeekableLayer(seekableBlob(image));
      expect(seekable).toMatchObject({ format, verified: true });
      const part = await readFacts(seekable!.walk({ select: isDatabase }));
      const { bytes, requests } = fetched(layer!.digest);
      expect(bytes / layer!.size).toBeLessThan(0.03);
      expect(requests).toBeLessThanOrEqual(4);

      const whole = await readFacts(walkLayer(layer!));
      const packages = expect.toSatisfy((found: unknown[]) => found.length === installedPackages);
      expect(part.facts.paths).toMatchObject([{ facts: { dpkg: { kind: 'status', packages } } }]);
      expect(part).toEqual(whole);
    });

    it('costs less than 0.1 % more where a sample of its headers is compared, and no difference is found', async () => {
      const image = await client.resolve(referenceOf(format));
      const { digest, size } = image.layers[0]!;
      const seekable = await openSeekableLayer(seekableBlob(image));
      const before = fetched(digest);
      // Spread over the whole table, the same in every run: in eStargz a place costs the file in front of it.
      let place = 0;
      const random = (): number => {
        place = (place + 0.37) % 1;
        return place;
      };
      for await (const event of seekable!.walk({ select: () => false, verify: 'sample', random })) {
        expect(event.kind).not.toBe('problem');
      }
      const after = fetched(digest);
      expect(after.bytes).toBeGreaterThan(before.bytes);
      expect((after.bytes - before.bytes) / size).toBeLessThan(0.001);
      expect(after.requests - before.requests).toBeLessThanOrEqual(10);
    });

    it('lets the registry go when the walk is left inside a file', async () => {
      const image = await client.resolve(referenceOf(format));
      const { digest } = image.layers[0]!;
      const seekable = await openSeekableLayer(seekableBlob(image));
      const before = fetched(digest).bytes;
      for await (const event of seekable!.walk({ select: (path) => path.endsWith('.dat') })) {
        if (event.kind !== 'file' || !event.selected) continue;
        await event.content.peek(1);
        break;
      }
      // One request for 180 MB of neighbours was under way.
      expect(fetched(digest).bytes - before).toBeLessThan(20_000_000);
    });
  });
});

const canChunk = canRun(
  'layers that Podman makes seekable',
  ['podman', 'skopeo', 'docker-registry', 'busybox', 'findmnt'],
  { root: true },
);

describe.runIf(canChunk)('zstd:chunked as Podman writes it', () => {
  let folder: string;
  let registry: DockerRegistry;
  let image: Image;
  let client: RegistryClient;

  beforeAll(async () => {
    folder = await daemonFolder();
    await writeBusyboxImage(join(folder, 'image'), 'registry.example/team/box:latest');
    await using source = await startDockerRegistry();
    await pushImage(join(folder, 'image/layout'), { reference: `${source.host}/team/box:1` });
    const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')];
    const podman = (...args: readonly string[]): Promise<string> => runTool('podman', [...storage, ...args]);
    await podman('pull', '--quiet', '--tls-verify=false', `${source.host}/team/box:1`);
    // Another registry: Podman leaves what a registry has as it is.
    registry = await startDockerRegistry();
    const reference = `${registry.host}/team/box:1`;
    const form = ['--format', 'oci', '--compression-format', 'zstd:chunked'];
    await podman('push', '--quiet', '--tls-verify=false', ...form, `${source.host}/team/box:1`, reference);
    client = new RegistryClient();
    image = await client.resolve(reference);
  });

  afterAll(async () => {
    await client?.close();
    await registry?.close();
    await removeDaemonFolder(folder);
  });

  it('is read by its table, every content with its digest, and the table is true', async () => {
    const expected = [
      { path: 'bin/busybox', size: (await readFile('/bin/busybox')).byteLength },
      { path: 'etc/motd', size: 6 },
      { path: 'var/large', size: 24 * 1024 * 1024 },
    ];
    for (const [index, file] of expected.entries()) {
      const seekable = await openSeekableLayer(seekableBlob(image, index));
      expect(seekable).toMatchObject({ format: 'zstd:chunked', verified: true, entries: 1 });
      for await (const event of seekable!.walk({ verify: 'full' })) {
        expect(event).toMatchObject({ kind: 'file', ...file });
        let bytes = 0;
        if (event.kind === 'file') for await (const chunk of event.content) bytes += chunk.byteLength;
        expect(bytes).toBe(file.size);
      }
    }
  });
});
