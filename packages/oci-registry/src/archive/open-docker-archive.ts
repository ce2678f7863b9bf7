import { isNotFound } from '../file/read-file.ts';
import { type ImageConfig, parseConfig } from '../image/config.ts';
import type { ImageContent } from '../image/content-store.ts';
import { toPlatform } from '../image/descriptor.ts';
import { platformNotFound } from '../image/find-image.ts';
import type { Image, ImageSource, ResolveOptions } from '../image/image.ts';
import { checkLayerCount, defaultConfigBytes } from '../image/load-config.ts';
import { dockerConfigType, dockerManifestType } from '../image/media-types.ts';
import { formatPlatform, rankPlatform } from '../image/platform.ts';
import { resolveImage } from '../image/resolve-image.ts';
import { wrongDigest } from '../image/verify-content.ts';
import { digestOf, parseDigest } from '../reference/digest.ts';
import { archiveClosed, archiveInvalid } from './archive-error.ts';
import { type ArchiveFile, openArchiveFile } from './archive-file.ts';
import { ArchiveStore, findArchivedManifest } from './archive-store.ts';
import { archivedLayer } from './archived-layer.ts';
import { type ChosenImage, chooseImage, claimedDigest, readDockerManifest } from './docker-manifest.ts';
import { indexArchive, type MemberIndex } from './member-index.ts';

/** Bounds on what is read from an archive, in bytes. */
export interface DockerArchiveOptions {
  /** Largest image config. Default 8 MiB. */
  readonly configBytes?: number | undefined;
}

interface ArchivedConfig {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly document: ImageConfig;
}

/** Reads the config of an image, verified against the digest in its name where there is one. */
async function readConfig(
  members: MemberIndex,
  name: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<ArchivedConfig> {
  const member = members.find(name);
  if (member === undefined) throw archiveInvalid(members.path, 'the config of the image is missing from it');
  const bytes = await members.read(member, limit, signal);
  const where = `${members.path}: config`;
  const claimed = claimedDigest(name);
  const digest = digestOf(bytes, claimed === undefined ? 'sha256' : parseDigest(claimed).algorithm);
  if (claimed !== undefined && digest !== claimed) throw wrongDigest(where, digest, claimed);
  return { bytes, digest, document: parseConfig(bytes, where) };
}

/** Makes an image of an archive that has no manifests: the config identifies it. */
async function classicImage(
  members: MemberIndex,
  chosen: ChosenImage,
  config: ArchivedConfig,
  options: ResolveOptions,
): Promise<Image> {
  const { Layers: names } = chosen.entry;
  checkLayerCount(names.length, config.document, members.path);
  const platform = toPlatform(config.document) ?? { os: 'unknown', architecture: 'unknown' };
  if (options.platform !== undefined && rankPlatform(options.platform, platform) === undefined) {
    throw platformNotFound(members.path, options.platform, [formatPlatform(platform)]);
  }
  const parts = [];
  for (const [index, diffId] of config.document.rootfs.diff_ids.entries()) {
    parts.push(await archivedLayer(members, names[index] ?? '', index, diffId, options));
  }
  const layers = parts.map((part) => part.descriptor);
  const descriptor = { mediaType: dockerConfigType, digest: config.digest, size: config.bytes.length };
  return {
    reference: chosen.name ?? config.digest,
    digest: config.digest,
    identity: 'config',
    platform,
    manifest: { schemaVersion: 2, mediaType: dockerManifestType, config: descriptor, layers },
    config: config.document,
    configDigest: config.digest,
    size: layers.reduce((sum, layer) => sum + layer.size, descriptor.size),
    synthesized: true,
    layers: parts.map((part) => part.layer),
  };
}

class DockerArchive implements ImageSource {
  readonly #path: string;
  readonly #configBytes: number;
  #opened: Promise<ArchiveFile> | undefined;
  #members: MemberIndex | undefined;
  #closed = false;

  constructor(path: string, options: DockerArchiveOptions) {
    this.#path = path;
    this.#configBytes = options.configBytes ?? defaultConfigBytes;
  }

  async resolve(reference: string | undefined, options: ResolveOptions = {}): Promise<Image> {
    const { signal, platform } = options;
    const configBytes = this.#configBytes;
    const members = await this.#index(signal);
    const chosen = chooseImage(await readDockerManifest(members, signal), reference, members.path);
    const config = await readConfig(members, chosen.entry.Config, configBytes, signal);
    const store = new ArchiveStore(members);
    const archived = await findArchivedManifest(members, store, config.digest, { signal });
    if (archived === undefined) return classicImage(members, chosen, config, options);
    const { manifest, indexDigest } = archived;
    const name = chosen.name ?? manifest.digest;
    const image = await resolveImage(store, manifest, name, { configBytes, platform, signal });
    return indexDigest === undefined ? image : { ...image, indexDigest };
  }

  content(): Promise<ImageContent> {
    return Promise.reject(new Error('not there yet'));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const file = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    await file?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The headers are read once; two calls at the same time may both do it, and agree. */
  async #index(signal: AbortSignal | undefined): Promise<MemberIndex> {
    signal?.throwIfAborted();
    if (this.#closed) throw archiveClosed(this.#path);
    this.#opened ??= this.#open();
    this.#members ??= await indexArchive(await this.#opened, signal);
    return this.#members;
  }

  async #open(): Promise<ArchiveFile> {
    try {
      return await openArchiveFile(this.#path);
    } catch (error) {
      this.#opened = undefined;
      if (isNotFound(error)) throw archiveInvalid(this.#path, 'no such file', error);
      throw archiveInvalid(this.#path, `cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
    }
  }
}

/**
 * Opens a docker-archive file as a source of images: what docker save writes, before and since version 25, and
 * podman save, skopeo and kaniko; also compressed with gzip as a whole. Nothing is unpacked to disk. The file is
 * opened at the first `resolve` and held until `close`.
 *
 * Where the archive has an OCI manifest (Docker 25 and newer) that identifies the image, else the config does, and the
 * manifest is made up. Layers of a gzip-compressed archive are reached by inflating all before them, each time.
 *
 * `resolve` takes a name with tag, or the digest of a config; `undefined` where there is one image.
 */
export function openDockerArchive(path: string, options: DockerArchiveOptions = {}): ImageSource {
  return new DockerArchive(path, options);
}
