import type { ContentStore, VerifiedManifest } from './content-store.ts';
import { createLayer } from './create-layer.ts';
import { type FindOptions, findImage } from './find-image.ts';
import type { Image } from './image.ts';

/**
 * Makes the image for a platform out of what a reference leads to. This is the same for registries, layouts and
 * archives with manifests.
 *
 * @param reference name of the image, for {@link Image.reference}
 * @throws RegistryError
 */
export async function resolveImage(
  store: ContentStore,
  root: VerifiedManifest,
  reference: string,
  options: FindOptions,
): Promise<Image> {
  const { digest, manifest, config, platform } = await findImage(store, root, options);
  const layers = manifest.layers.map((descriptor, index) =>
    createLayer(store, descriptor, index, config.rootfs.diff_ids[index]),
  );
  return {
    reference,
    digest,
    identity: 'manifest',
    ...(root.kind === 'index' && { indexDigest: root.digest }),
    platform,
    manifest,
    config,
    configDigest: manifest.config.digest,
    size: manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size),
    synthesized: false,
    layers,
  };
}
