import type { Descriptor } from '../image/descriptor.ts';
import { toPlatform } from '../image/descriptor.ts';
import { platformNotFound } from '../image/find-image.ts';
import type { Image, ImageLayer, ReadOptions, ResolveOptions } from '../image/image.ts';
import { checkLayerCount } from '../image/load-config.ts';
import type { ImageManifest } from '../image/manifest.ts';
import { dockerConfigType, dockerManifestType } from '../image/media-types.ts';
import { formatPlatform } from '../image/platform.ts';
import { rankPlatform } from '../image/rank-platform.ts';
import type { ArchivedConfig } from './archived-config.ts';
import { archivedLayer } from './archived-layer.ts';
import type { ChosenImage } from './docker-manifest.ts';
import type { MemberIndex } from './member-index.ts';

/** The manifest made up for an image of an archive that keeps none, and the layers behind it. */
export interface ClassicParts {
  readonly manifest: ImageManifest & { readonly layers: readonly Descriptor[] };
  readonly layers: readonly ImageLayer[];
}

/**
 * Makes up the manifest of an image of which an archive has only config and layers. The same archive always gives the
 * same one.
 *
 * @throws RegistryError `MANIFEST_INVALID`, `ARCHIVE_INVALID`
 */
export async function classicParts(
  members: MemberIndex,
  { entry }: ChosenImage,
  config: ArchivedConfig,
  options: ReadOptions,
): Promise<ClassicParts> {
  checkLayerCount(entry.Layers.length, config.document, members.path);
  const parts = [];
  for (const [index, diffId] of config.document.rootfs.diff_ids.entries()) {
    parts.push(await archivedLayer(members, entry.Layers[index] ?? '', index, diffId, options));
  }
  const layers = parts.map((part) => part.descriptor);
  const descriptor = { mediaType: dockerConfigType, digest: config.digest, size: config.bytes.length };
  const manifest = { schemaVersion: 2, mediaType: dockerManifestType, config: descriptor, layers };
  return { manifest, layers: parts.map((part) => part.layer) };
}

/**
 * Makes an image of an archive that has no manifests: the config identifies it.
 *
 * @throws RegistryError `PLATFORM_NOT_FOUND`, and those of {@link classicParts}
 */
export async function classicImage(
  members: MemberIndex,
  chosen: ChosenImage,
  config: ArchivedConfig,
  options: ResolveOptions,
): Promise<Image> {
  const platform = toPlatform(config.document) ?? { os: 'unknown', architecture: 'unknown' };
  if (options.platform !== undefined && rankPlatform(options.platform, platform) === undefined) {
    throw platformNotFound(members.path, options.platform, [formatPlatform(platform)]);
  }
  const { manifest, layers } = await classicParts(members, chosen, config, options);
  return {
    reference: chosen.name ?? config.digest,
    digest: config.digest,
    identity: 'config',
    platform,
    manifest,
    config: config.document,
    configDigest: config.digest,
    size: layers.reduce((sum, layer) => sum + layer.size, config.bytes.length),
    synthesized: true,
    layers,
  };
}
