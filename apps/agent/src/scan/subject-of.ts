import type { Image } from '@falcon-iar/oci-registry';
import type { ImageSubject } from '@falcon-iar/sbom';

/** The image as the inventory names it. */
export function subjectOf(image: Image): ImageSubject {
  const { reference, digest, identity, indexDigest, configDigest, platform, synthesized } = image;
  const { os, architecture, variant } = platform;
  return {
    ...{ reference, digest, identity, configDigest, synthesized },
    ...(indexDigest !== undefined && { indexDigest }),
    platform: { os, architecture, ...(variant !== undefined && { variant }) },
    manifest: image.manifest,
    config: image.config,
    layers: image.layers.map((layer) => ({
      digest: layer.digest,
      ...(layer.diffId !== undefined && { diffId: layer.diffId }),
      mediaType: layer.mediaType,
      size: layer.size,
    })),
  };
}
