import type { CopyPlan, ImageTarget, ImageWriter } from '../copy/image-target.ts';
import { RegistryError } from '../error.ts';
import { imageChildren, rankChildren } from '../image/choose-child.ts';
import type { VerifiedManifest } from '../image/content-store.ts';
import type { Descriptor } from '../image/descriptor.ts';
import type { ImageManifest } from '../image/manifest.ts';
import { isForeignLayerType, isImageConfigType } from '../image/media-types.ts';
import { hostPlatform, type Platform } from '../image/platform.ts';
import { refNameAnnotation } from '../layout/layout-entry.ts';
import { parseDigest } from '../reference/digest.ts';
import { formatReference } from '../reference/format-reference.ts';
import { parseReference } from '../reference/parse-reference.ts';
import { createLayoutArchive } from './create-layout-archive.ts';

/** Options of {@link createDockerArchive}. */
export interface CreateDockerArchiveOptions {
  /** Which image of an index engines before version 25 load: they know one for a name. Default Linux on this CPU. */
  readonly platform?: Platform | undefined;
  /**
   * What becomes of layers that are compressed with zstd: engines before version 23 cannot load them. `refuse`, the
   * default, is an error; `keep` writes them as they are.
   */
  readonly zstdLayers?: 'refuse' | 'keep' | undefined;
}

/** The manifest of the image that `manifest.json` describes. */
function describedImage(plan: CopyPlan, wanted: Platform, where: string): ImageManifest {
  const known = new Map(plan.manifests.map((manifest) => [manifest.digest, manifest]));
  const visit = (node: VerifiedManifest | undefined): ImageManifest | undefined => {
    if (node?.kind !== 'index') return node?.document;
    const children = imageChildren(node.document.manifests);
    const ranked = [...rankChildren(children, wanted), ...children];
    for (const child of ranked) {
      const found = visit(known.get(child.digest));
      if (found !== undefined && isImageConfigType(found.config.mediaType)) return found;
    }
    return undefined;
  };
  const image = visit(plan.root);
  if (image !== undefined && isImageConfigType(image.config.mediaType)) return image;
  throw new RegistryError('NOT_AN_IMAGE', `${where}: only container images fit in a docker-archive`, {
    hint: 'write an OCI layout or an oci-archive instead',
  });
}

/** Refuses what the engines that such an archive is written for cannot load. */
function checkLayers(layers: readonly Descriptor[], plan: CopyPlan, keepsZstd: boolean, where: string): void {
  const held = new Set(plan.blobs.map(({ digest }) => digest));
  for (const [index, { digest, mediaType }] of layers.entries()) {
    if (!held.has(digest)) {
      throw new RegistryError('LAYER_UNAVAILABLE', `${where}: layer ${index} ${digest} is foreign and not copied`, {
        hint: isForeignLayerType(mediaType) ? 'copy it with foreignLayers: true' : undefined,
      });
    }
    if (keepsZstd || !/[.+]zstd(?:$|;)/.test(mediaType)) continue;
    throw new RegistryError('UNSUPPORTED', `${where}: layer ${index} is compressed with zstd`, {
      hint: "Docker before version 23 cannot load it; say zstdLayers: 'keep' for newer engines, or write an oci-archive",
    });
  }
}

function memberOf({ digest }: Descriptor): string {
  const { algorithm, hex } = parseDigest(digest);
  return `blobs/${algorithm}/${hex}`;
}

/** The names that an image gets: as Docker shows it, in full, and its tag alone. */
function namesOf(name: string | undefined): {
  repoTags: string[] | null;
  annotations: Record<string, string> | undefined;
} {
  if (name === undefined) return { repoTags: null, annotations: undefined };
  const { registry, repository, tag } = parseReference(name);
  if (tag === undefined) return { repoTags: null, annotations: undefined };
  const reference = { registry, repository, tag };
  const full = formatReference(reference);
  return {
    repoTags: [formatReference(reference, { familiar: true })],
    annotations: { 'io.containerd.image.name': full, [refNameAnnotation]: tag },
  };
}

/**
 * A file as target of one copy: what `docker load` takes. It is an OCI layout with `manifest.json` beside it, as Docker
 * writes since version 25, so new engines keep the digest and all platforms, and old ones load one image. Layers stay as
 * they are: uncompressed and gzip load everywhere, for zstd see the options.
 *
 * The name of the image is a reference with a tag, `team/app:1.2`; without one it is loaded by its id. A file that is there
 * is replaced when the copy has succeeded; one that fails leaves nothing.
 */
export function createDockerArchive(path: string, options: CreateDockerArchiveOptions = {}): ImageTarget {
  const { platform = hostPlatform(), zstdLayers = 'refuse' } = options;
  return {
    name: path,
    async begin(plan): Promise<ImageWriter> {
      const { repoTags, annotations } = namesOf(plan.name);
      const { config, layers } = describedImage(plan, platform, path);
      checkLayers(layers, plan, zstdLayers === 'keep', path);
      const entry = { Config: memberOf(config), RepoTags: repoTags, Layers: layers.map(memberOf) };
      return createLayoutArchive(path, plan, { annotations, others: { 'manifest.json': [entry] } });
    },
  };
}
