import { gzipSync } from 'node:zlib';
import { ociIndexType } from '../image/media-types.ts';
import { parseDigest } from '../reference/digest.ts';
import type { BuiltImage, BuiltPlatformImage } from './build-image.ts';
import { buildTar, type TarEntry } from './tar.ts';

/** An image of an archive and its names. */
export interface ArchiveImage {
  readonly image: BuiltImage;
  /** `RepoTags`, such as `team/app:1`. */
  readonly tags?: readonly string[] | undefined;
}

/** How an archive is laid out. */
export interface DockerArchiveBuildOptions {
  /**
   * `classic`: docker save before 25, layers as plain tar, a layer that several images share as a symlink.
   * `hybrid`: docker save since 25, an OCI layout with a `manifest.json`.
   * `kaniko`: layers as the registry has them, named by their digest. Default `classic`.
   */
  readonly shape?: 'classic' | 'hybrid' | 'kaniko' | undefined;
  /** Compress the whole file with gzip. Default false. */
  readonly gzip?: boolean | undefined;
}

interface Part {
  readonly entries: readonly TarEntry[];
  readonly manifest: { readonly Config: string; readonly Layers: readonly string[] };
}

function hexOf(digest: string): string {
  return parseDigest(digest).hex;
}

function classicPart({ config, layers }: BuiltPlatformImage, seen: Map<string, string>): Part {
  const hex = hexOf(config.digest);
  const entries: TarEntry[] = [];
  const names = layers.map(({ diffId, tar }, index) => {
    const name = `${hex.slice(0, 60)}${String(index).padStart(4, '0')}/layer.tar`;
    const first = seen.get(diffId);
    if (first !== undefined) entries.push({ path: name, type: 'symlink', target: `../${first}` });
    else entries.push({ path: name, content: tar });
    seen.set(diffId, first ?? name);
    return name;
  });
  entries.push({ path: `${hex}.json`, content: config.bytes });
  return { entries, manifest: { Config: `${hex}.json`, Layers: names } };
}

function kanikoPart({ config, layers }: BuiltPlatformImage): Part {
  const named = layers.map((layer) => ({ path: `${hexOf(layer.digest)}.tar.gz`, content: layer.bytes }));
  return {
    entries: [{ path: config.digest, content: config.bytes }, ...named],
    manifest: { Config: config.digest, Layers: named.map(({ path }) => path) },
  };
}

function hybridPart({ manifest, config, layers }: BuiltPlatformImage): Part {
  const path = (digest: string): string => `blobs/sha256/${hexOf(digest)}`;
  const entries = [manifest, config, ...layers].map(({ digest, bytes }) => ({ path: path(digest), content: bytes }));
  return { entries, manifest: { Config: path(config.digest), Layers: layers.map(({ digest }) => path(digest)) } };
}

/** What makes a hybrid archive an OCI layout, too; indexes lie among the blobs. */
function layoutEntries(images: readonly ArchiveImage[]): TarEntry[] {
  const roots = images.map(({ image }) => image.root);
  const manifests = roots.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const indexes = images.filter(({ image }) => image.manifests.length > 1).map(({ image }) => image.root);
  return [
    ...indexes.map(({ digest, bytes }) => ({ path: `blobs/sha256/${hexOf(digest)}`, content: bytes })),
    { path: 'index.json', content: JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests }) },
    { path: 'oci-layout', content: JSON.stringify({ imageLayoutVersion: '1.0.0' }) },
  ];
}

/** Builds a docker-archive in memory, of the first platform of each image. `manifest.json` comes last, as docker has it. */
export async function buildDockerArchive(
  images: readonly ArchiveImage[],
  options: DockerArchiveBuildOptions = {},
): Promise<Buffer> {
  const { shape = 'classic', gzip = false } = options;
  const seen = new Map<string, string>();
  const entries: TarEntry[] = [];
  const manifest: object[] = [];
  for (const { image, tags } of images) {
    const [platformImage] = image.images;
    if (platformImage === undefined) continue;
    const part =
      shape === 'classic'
        ? classicPart(platformImage, seen)
        : shape === 'kaniko'
          ? kanikoPart(platformImage)
          : hybridPart(platformImage);
    entries.push(...part.entries);
    manifest.push({ ...part.manifest, RepoTags: tags ?? null });
  }
  if (shape === 'hybrid') entries.push(...layoutEntries(images));
  entries.push({ path: 'manifest.json', content: JSON.stringify(manifest) });
  const archive = await buildTar(entries);
  return gzip ? gzipSync(archive) : archive;
}
