import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import {
  type Image,
  type ImageSource,
  openArchive,
  openDockerArchive,
  openOciArchive,
  readArchiveStream,
} from '@falcon-iar/oci-registry';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveImage } from '../support/derived-image.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { type LayoutImage, layoutImage, readDocument } from '../support/layout-image.ts';
import {
  hostArchitecture,
  type LayerSource,
  writeBlob,
  writeLayoutIndex,
  writeOciLayout,
} from '../support/oci-layout.ts';
import { type Podman, startPodman } from '../support/podman.ts';
import { saveArchive } from '../support/pushed-image.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

const names = { one: 'registry.example/team/one:1', two: 'registry.example/team/two:2' } as const;
const otherArchitecture = hostArchitecture === 'arm64' ? 'amd64' : 'arm64';
const canSkopeo = canRun('archives of skopeo', ['skopeo', 'tar']);
const canDocker = canRun('archives of Docker', ['dockerd', 'docker', 'containerd', 'runc', 'skopeo', 'findmnt'], {
  root: true,
});
const canPodman = canRun('archives of Podman', ['podman', 'runc', 'skopeo', 'findmnt'], { root: true });

let scratch: string;
let layers: LayerSource[];
let one: LayoutImage;
let two: LayoutImage;

const at = (name: string): string => join(scratch, name);

async function writeLayer(name: string, files: Readonly<Record<string, string>>): Promise<LayerSource> {
  const tar = pack();
  for (const [path, content] of Object.entries(files)) tar.entry({ name: path, mtime: new Date(0) }, content);
  tar.finalize();
  await pipeline(tar, createWriteStream(at(name)));
  return { tar: at(name), createdBy: `COPY ${name} /` };
}

async function diffIdsOf({ layout, configDigest }: LayoutImage): Promise<readonly string[]> {
  return (await readDocument<{ rootfs: { diff_ids: string[] } }>(layout, configDigest)).rootfs.diff_ids;
}

function skopeoCopy(...args: readonly string[]): Promise<string> {
  return runTool('skopeo', ['copy', '--quiet', '--insecure-policy', ...args]);
}

/** Digest of a layer uncompressed, computed from what it yields. */
async function uncompressedDigest(mediaType: string, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  if (mediaType.endsWith('gzip')) await pipeline(bytes, createGunzip(), hash);
  else if (mediaType.endsWith('zstd')) await pipeline(bytes, createZstdDecompress(), hash);
  else await pipeline(bytes, hash);
  return `sha256:${hash.digest('hex')}`;
}

async function readAll(source: ImageSource, reference: string | undefined): Promise<Image> {
  const image = await source.resolve(reference);
  for (const layer of image.layers) {
    expect(await uncompressedDigest(layer.mediaType, layer.open())).toBe(layer.diffId);
  }
  return image;
}

async function readPassing(bytes: AsyncIterable<Uint8Array>, reference: string | undefined): Promise<Image> {
  const archive = readArchiveStream(bytes, { reference });
  const uncompressed = new Map<string, string>();
  for await (const layer of archive.layers()) {
    const diffId = await uncompressedDigest(layer.mediaType, layer.open());
    uncompressed.set(await layer.digest(), diffId);
  }
  const image = await archive.image();
  for (const layer of image.layers) expect(uncompressed.get(layer.digest)).toBe(layer.diffId);
  return image;
}

/** Reads an image of a file by seeking in it, and as it passes by; both must see the same. */
async function readBothWays(file: string, reference?: string, open = openArchive): Promise<Image> {
  await using archive = open(file);
  const image = await readAll(archive, reference);
  const passing = await readPassing(createReadStream(file), reference);
  const [{ digest, manifest, config }, { digest: passed }] = [image, passing];
  expect(passing).toMatchObject({ manifest, config });
  expect(passed).toBe(digest);
  return image;
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-archives-'));
  layers = [
    await writeLayer('base.tar', { 'etc/os-release': 'ID=debian\n', 'var/large': 'large\n'.repeat(100_000) }),
    await writeLayer('top.tar', { '{"name"}': 'a name like a document' }),
  ];
  await writeOciLayout(at('one'), 'latest', layers, 'gzip');
  one = await layoutImage(at('one'));
  two = await deriveImage(at('one'), at('two'), { add: await writeLayer('more.tar', { more: 'more' }) });
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.runIf(canSkopeo)('archives that skopeo and tar write', () => {
  it('docker-archive, with the layers uncompressed', async () => {
    await saveArchive(one.layout, 'docker-archive', at('skopeo-docker.tar'), names.one);
    const image = await readBothWays(at('skopeo-docker.tar'), names.one, openDockerArchive);
    expect(image).toMatchObject({ reference: names.one, identity: 'config' });
    expect(image.layers.map(({ digest }) => digest)).toEqual(await diffIdsOf(one));
  });

  it.each(['gzip', 'zstd', 'none'] as const)('oci-archive, layers compressed: %s', async (compression) => {
    await writeOciLayout(at(compression), 'latest', layers, compression);
    const { manifestDigest, layerDigests, layout } = await layoutImage(at(compression));
    await skopeoCopy('--preserve-digests', `oci:${layout}:latest`, `oci-archive:${at(compression)}.tar:v1`);
    const image = await readBothWays(`${at(compression)}.tar`, 'v1', openOciArchive);
    expect(image).toMatchObject({ reference: `${compression}:v1`, digest: manifestDigest });
    expect(image.layers.map(({ digest }) => digest)).toEqual(layerDigests);
  });

  it('oci-archive of all platforms', async () => {
    await writeOciLayout(at('other'), 'latest', layers, 'gzip', otherArchitecture);
    const other = await layoutImage(at('other'));
    await cp(at('other'), at('both'), { recursive: true });
    await cp(join(at('one'), 'blobs'), join(at('both'), 'blobs'), { recursive: true });
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifests = await Promise.all(
      [one, other].map(async ({ layout, manifestDigest }, index) => ({
        mediaType,
        digest: manifestDigest,
        size: JSON.stringify(await readDocument(layout, manifestDigest)).length,
        platform: { os: 'linux', architecture: index === 0 ? hostArchitecture : otherArchitecture },
      })),
    );
    const indexType = 'application/vnd.oci.image.index.v1+json';
    const index = { schemaVersion: 2, mediaType: indexType, manifests };
    await writeLayoutIndex(at('both'), 'latest', await writeBlob(at('both'), index, indexType));
    await skopeoCopy('--all', `oci:${at('both')}:latest`, `oci-archive:${at('all.tar')}:v1`);
    await using archive = openOciArchive(at('all.tar'));
    for (const [architecture, digest] of [
      [hostArchitecture, one.manifestDigest],
      [otherArchitecture, other.manifestDigest],
    ] as const) {
      const platform = { os: 'linux', architecture };
      expect(await archive.resolve('v1', { platform })).toMatchObject({ digest, platform });
      const stream = readArchiveStream(createReadStream(at('all.tar')), { platform });
      expect((await stream.image()).digest).toBe(digest);
    }
    expect((await archive.content('v1')).root.kind).toBe('index');
  });

  it('a layout packed by hand, compressed as a whole', async () => {
    await runTool('tar', ['-C', two.layout, '-cf', at('plain.tar'), '.']);
    await pipeline(createReadStream(at('plain.tar')), createGzip(), createWriteStream(at('whole.tar.gz')));
    await pipeline(createReadStream(at('plain.tar')), createZstdCompress(), createWriteStream(at('whole.tar.zst')));
    for (const name of ['plain.tar', 'whole.tar.gz', 'whole.tar.zst']) {
      expect((await readBothWays(at(name))).digest, name).toBe(two.manifestDigest);
    }
  });

  it('an archive made up from one without manifests, which skopeo reads by our manifest again', async () => {
    await saveArchive(two.layout, 'docker-archive', at('two.tar'), names.two);
    await using archive = openDockerArchive(at('two.tar'));
    const { root, store } = await archive.content(names.two);
    if (root.kind !== 'manifest') throw new Error('no manifest was made up');
    await mkdir(at('dir'));
    await pipeline([root.bytes], createWriteStream(join(at('dir'), 'manifest.json')));
    await pipeline(['Directory Transport Version: 1.1\n'], createWriteStream(join(at('dir'), 'version')));
    for (const descriptor of [root.document.config, ...root.document.layers]) {
      const file = join(at('dir'), descriptor.digest.replace('sha256:', ''));
      await pipeline(store.openBlob(descriptor, {}), createWriteStream(file));
    }
    await skopeoCopy(`dir:${at('dir')}`, `oci:${at('copied')}:latest`);
    expect(await diffIdsOf(await layoutImage(at('copied')))).toEqual(await diffIdsOf(two));
  });
});

describe.runIf(canDocker)('archives that Docker writes', () => {
  let dockerd: Dockerd;

  beforeAll(async () => {
    dockerd = await startDockerd();
    for (const [image, name] of [
      [one, names.one],
      [two, names.two],
    ] as const) {
      await saveArchive(image.layout, 'docker-archive', at('load.tar'), name);
      await dockerd.docker('load', '--quiet', '--input', at('load.tar'));
      await rm(at('load.tar'));
    }
  });

  afterAll(() => dockerd?.[Symbol.asyncDispose]());

  it('of one image, and of two that share layers', async () => {
    await dockerd.docker('save', '--output', at('docker-one.tar'), names.one);
    expect((await readBothWays(at('docker-one.tar'))).configDigest).toBe(one.configDigest);
    await dockerd.docker('save', '--output', at('docker-both.tar'), names.one, names.two);
    for (const [name, image] of [
      [names.one, one],
      [names.two, two],
    ] as const) {
      const read = await readBothWays(at('docker-both.tar'), name);
      expect(read).toMatchObject({ reference: name, configDigest: image.configDigest });
      expect(read.layers.map(({ diffId }) => diffId)).toEqual(await diffIdsOf(image));
    }
    await using archive = openArchive(at('docker-both.tar'));
    await expect(archive.resolve(undefined)).rejects.toMatchObject({ code: 'REFERENCE_AMBIGUOUS' });
  });

  it('through a pipe, which is read so that docker does not complain', async () => {
    const child = spawn('docker', ['-H', `unix://${dockerd.socketPath}`, 'save', names.two], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    expect((await readPassing(child.stdout, undefined)).configDigest).toBe(two.configDigest);
    expect(await ended).toEqual([0, null]);
  });
});

describe.runIf(canPodman)('archives that Podman writes', () => {
  let podman: Podman;

  beforeAll(async () => {
    podman = await startPodman();
    for (const [image, name] of [
      [one, names.one],
      [two, names.two],
    ] as const) {
      await saveArchive(image.layout, 'docker-archive', at('load.tar'), name);
      await podman.podman('load', '--quiet', '--input', at('load.tar'));
      await rm(at('load.tar'));
    }
  });

  afterAll(() => podman?.[Symbol.asyncDispose]());

  it.each(['docker-archive', 'oci-archive'] as const)('%s', async (format) => {
    const file = at(`podman-${format}.tar`);
    await podman.podman('save', '--quiet', '--format', format, '--output', file, names.two);
    const image = await readBothWays(file);
    expect(image.layers.map(({ diffId }) => diffId)).toEqual(await diffIdsOf(two));
    expect(image.identity).toBe(format === 'docker-archive' ? 'config' : 'manifest');
  });

  it('of several images', async () => {
    const options = ['--quiet', '--multi-image-archive', '--output', at('podman-both.tar')];
    await podman.podman('save', ...options, names.one, names.two);
    for (const [name, image] of [
      [names.one, one],
      [names.two, two],
    ] as const) {
      const read = await readBothWays(at('podman-both.tar'), name);
      expect(read.layers.map(({ diffId }) => diffId)).toEqual(await diffIdsOf(image));
    }
  });
});
