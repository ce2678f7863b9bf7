import { RegistryError } from '../error.ts';
import type { ContentStore, ManifestDescriptor, VerifiedManifest } from '../image/content-store.ts';
import type { Descriptor } from '../image/descriptor.ts';
import { findImage } from '../image/find-image.ts';
import type { ReadOptions } from '../image/image.ts';
import { defaultConfigBytes } from '../image/load-config.ts';
import type { ImageIndex } from '../image/manifest.ts';
import { formatPlatform, type Platform } from '../image/platform.ts';
import { verifiedManifest } from '../image/verified-manifest.ts';

/** Which platforms of an image are copied. */
export type PlatformChoice = 'all' | Platform | readonly Platform[];

/** A store that remembers the manifests it has read, with the descriptors that led to them. */
class RememberingStore implements ContentStore {
  readonly name: string;
  readonly read = new Map<string, { readonly descriptor: ManifestDescriptor; readonly manifest: VerifiedManifest }>();
  readonly #store: ContentStore;

  constructor(store: ContentStore) {
    this.name = store.name;
    this.#store = store;
  }

  async readManifest(descriptor: ManifestDescriptor, options: ReadOptions): Promise<VerifiedManifest> {
    const known = this.read.get(descriptor.digest);
    if (known !== undefined) return known.manifest;
    const manifest = await this.#store.readManifest(descriptor, options);
    this.read.set(descriptor.digest, { descriptor, manifest });
    return manifest;
  }

  openBlob(...args: Parameters<ContentStore['openBlob']>): AsyncIterable<Uint8Array> {
    return this.#store.openBlob(...args);
  }
}

/** An index with some of the children of another one, everything else as it was. */
function indexOf(root: VerifiedManifest, document: ImageIndex, manifests: readonly Descriptor[]): VerifiedManifest {
  const bytes = Buffer.from(JSON.stringify({ ...document, mediaType: root.mediaType, manifests }));
  return verifiedManifest(bytes, undefined, root.mediaType, 'the new index');
}

/**
 * What is to be copied of an image: all of it; the manifest for one platform; or an index of those for several, made for
 * the purpose, which leaves attestations behind.
 *
 * @throws RegistryError `PLATFORM_NOT_FOUND` where one of the platforms does not exist, and what reading causes
 */
export async function choosePlatforms(
  store: ContentStore,
  root: VerifiedManifest,
  choice: PlatformChoice,
  { signal }: ReadOptions,
): Promise<VerifiedManifest> {
  if (choice === 'all') return root;
  const wanted: readonly Platform[] = Array.isArray(choice) ? choice : [choice as Platform];
  if (wanted.length === 0) throw new RegistryError('PLATFORM_NOT_FOUND', `${store.name}: no platform is wanted`);
  const remembering = new RememberingStore(store);
  const chosen = new Map<string, Platform>();
  for (const platform of wanted) {
    const found = await findImage(remembering, root, { platform, configBytes: defaultConfigBytes, signal });
    if (!chosen.has(found.digest)) chosen.set(found.digest, found.platform);
  }
  if (root.kind === 'manifest') return root;
  const digests = [...chosen.keys()];
  if (digests.length > 1) return indexOf(root, root.document, children(root.document, chosen, remembering));
  const only = remembering.read.get(digests[0] ?? '')?.manifest;
  if (only !== undefined) return only;
  throw new RegistryError('PLATFORM_NOT_FOUND', `${store.name}: no image for ${wanted.map(formatPlatform).join(', ')}`);
}

/** The entries of the chosen manifests: as they were, or made for those of nested indexes. */
function children(
  index: ImageIndex,
  chosen: ReadonlyMap<string, Platform>,
  { read }: RememberingStore,
): readonly Descriptor[] {
  return [...chosen].flatMap(([digest, platform]) => {
    const own = index.manifests.find((child) => child.digest === digest);
    if (own !== undefined) return [own];
    const nested = read.get(digest);
    if (nested === undefined) return [];
    const { os, architecture, variant, osVersion } = platform;
    const wire = { os, architecture, ...(variant && { variant }), ...(osVersion && { 'os.version': osVersion }) };
    const { mediaType, bytes } = nested.manifest;
    return [{ mediaType, digest, size: bytes.length, platform: wire }];
  });
}
