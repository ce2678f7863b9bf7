import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Image } from '../image/image.ts';
import { ociIndexType } from '../image/media-types.ts';
import type { LayoutImage } from '../testing.ts';
import { buildTar, type TarEntry } from '../testing.ts';

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

/** Writes an archive to a file of its own; it is removed when the test has ended. */
export async function archiveFile(bytes: Uint8Array, name: string = 'image.tar'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'oci-registry-archive-'));
  directories.push(directory);
  await writeFile(join(directory, name), bytes);
  return join(directory, name);
}

/** The members of an OCI archive: blobs first, as most tools write them. */
export function ociEntries(images: readonly LayoutImage[], index: object = {}): TarEntry[] {
  const blobs = images.flatMap(({ image }) => [...image.manifests, ...image.blobs]);
  const entries = blobs.map(({ digest, bytes }) => ({ path: `blobs/${digest.replace(':', '/')}`, content: bytes }));
  const manifests = images.map(({ image: { root }, tag }) => ({
    mediaType: root.mediaType,
    digest: root.digest,
    size: root.size,
    ...(tag !== undefined && { annotations: { 'org.opencontainers.image.ref.name': tag } }),
  }));
  const document = { schemaVersion: 2, mediaType: ociIndexType, manifests, ...index };
  return [
    ...entries,
    { path: 'index.json', content: JSON.stringify(document) },
    { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
  ];
}

/** An OCI archive. */
export function buildOciArchive(images: readonly LayoutImage[], index: object = {}): Promise<Buffer> {
  return buildTar(ociEntries(images, index));
}

/** All bytes of a stream. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The content of each layer of an image. */
export function layerBodies(image: Image): Promise<Buffer[]> {
  return Promise.all(image.layers.map((layer) => collect(layer.open())));
}

/** A docker-archive with a `manifest.json` made by hand. */
export function withManifest(entries: readonly TarEntry[], manifest: unknown): Promise<Buffer> {
  return buildTar([...entries, { path: 'manifest.json', content: JSON.stringify(manifest) }]);
}

/** An image whose third layer is its first once more. */
export const repeatedLayer = {
  layers: [
    { entries: [{ path: 'a', content: 'a'.repeat(300_000) }] },
    { entries: [{ path: 'b' }] },
    { entries: [{ path: 'a', content: 'a'.repeat(300_000) }] },
  ],
} as const;

/** Where the tests of one file put an archive: a folder of its own for each test. */
export interface ArchivePlace {
  readonly directory: string;
  readonly file: string;
  /** Writes an archive with a hand-made manifest.json. */
  write(entries: readonly TarEntry[], manifest: unknown): Promise<void>;
}

/** Makes the place before each test and removes it afterwards. */
export function archivePlace(): ArchivePlace {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'docker-archive-'));
  });
  afterEach(() => rm(directory, { recursive: true }));
  return {
    get directory() {
      return directory;
    },
    get file() {
      return join(directory, 'image.tar');
    },
    async write(entries, manifest) {
      await writeFile(this.file, await withManifest(entries, manifest));
    },
  };
}
