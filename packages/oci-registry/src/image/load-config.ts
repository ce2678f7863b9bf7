import { RegistryError } from '../error.ts';
import { type ImageConfig, parseConfig } from './config.ts';
import type { ContentStore } from './content-store.ts';
import { embeddedContent } from './embedded-content.ts';
import type { ReadOptions } from './image.ts';
import type { ImageManifest } from './manifest.ts';
import { isImageConfigType } from './media-types.ts';
import { readVerified } from './verify-content.ts';

/** Largest image config read by default, in bytes. */
export const defaultConfigBytes: number = 16 * 1024 * 1024;

/** Every layer has its diffID, at the same position (image-spec, config.md "rootfs"). */
export function checkLayerCount(layers: number, config: ImageConfig, where: string): void {
  const ids = config.rootfs.diff_ids.length;
  if (ids === layers) return;
  throw new RegistryError('MANIFEST_INVALID', `${where}: the manifest has ${layers} layers, the config ${ids}`);
}

/**
 * Reads and verifies the config of a manifest.
 *
 * @param limit largest config, in bytes
 * @throws RegistryError `NOT_AN_IMAGE`, `CONFIG_TOO_LARGE`, `MANIFEST_INVALID`, `DIGEST_INVALID`, `SIZE_INVALID`
 */
export async function loadConfig(
  store: ContentStore,
  manifest: ImageManifest,
  limit: number,
  options: ReadOptions,
): Promise<ImageConfig> {
  const { config: descriptor, layers, artifactType } = manifest;
  if (!isImageConfigType(descriptor.mediaType)) {
    const type = JSON.stringify((artifactType ?? descriptor.mediaType).slice(0, 120));
    throw new RegistryError('NOT_AN_IMAGE', `${store.name}: it is an artifact of type ${type}, not a container image`, {
      hint: 'name the image, not a chart, signature or other artifact beside it',
    });
  }
  const where = `${store.name}: config ${descriptor.digest}`;
  const tooLarge = (): RegistryError =>
    new RegistryError('CONFIG_TOO_LARGE', `${where}: the config is larger than ${limit} bytes`);
  if (descriptor.size > limit) throw tooLarge();
  const bytes =
    embeddedContent(descriptor) ??
    (await readVerified(store.openBlob(descriptor, options), descriptor, limit, where, tooLarge));
  const config = parseConfig(bytes, where);
  checkLayerCount(layers.length, config, where);
  return config;
}
