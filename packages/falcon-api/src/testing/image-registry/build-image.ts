import { type DoubleImage, descriptorOf, type StoredContent, storedContent } from './image-content.ts';
import { compressLayer, createTar } from './layer-archive.ts';

/** What a sample image is to be. */
export interface SampleImage {
  /** Files of its one layer, by path; the same for all platforms but for `etc/architecture`, which is added. */
  readonly files: Readonly<Record<string, string>>;
  /** One makes a plain manifest, several an index. Default `amd64` and `arm64`. */
  readonly architectures?: readonly string[];
}

const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** Makes a small image in OCI form. The same description gives the same digests. */
export function buildSampleImage({ files, architectures = ['amd64', 'arm64'] }: SampleImage): DoubleImage {
  const images = architectures.map((architecture) => ({ architecture, ...buildPlatform(files, architecture) }));
  const blobs = images.flatMap((image) => image.blobs);
  const [only] = images;
  if (images.length === 1 && only !== undefined) {
    return { root: only.manifest, manifests: [only.manifest], blobs };
  }
  const root = storedJson(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ architecture, manifest }) => ({
      ...descriptorOf(manifest),
      platform: { architecture, os: 'linux' },
    })),
  });
  return { root, manifests: [...images.map(({ manifest }) => manifest), root], blobs };
}

function buildPlatform(
  files: Readonly<Record<string, string>>,
  architecture: string,
): { readonly manifest: StoredContent; readonly blobs: readonly StoredContent[] } {
  const tar = createTar({ ...files, 'etc/architecture': `${architecture}\n` });
  const layer = storedContent(mediaTypes.layer, compressLayer(tar));
  const config = storedJson(mediaTypes.config, {
    architecture,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [storedContent('', tar).digest] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'made for tests' }],
  });
  const manifest = storedJson(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptorOf(config),
    layers: [descriptorOf(layer)],
  });
  return { manifest, blobs: [config, layer] };
}

function storedJson(mediaType: string, document: unknown): StoredContent {
  return storedContent(mediaType, Buffer.from(JSON.stringify(document)));
}
