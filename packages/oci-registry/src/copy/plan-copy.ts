import { RegistryError } from '../error.ts';
import type { ContentStore, VerifiedManifest } from '../image/content-store.ts';
import type { Descriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import { isForeignLayerType, isIndexType, isManifestType } from '../image/media-types.ts';

/** Manifests of one copy: no image has so many platforms and attachments. */
const maxManifests = 5000;
/** Manifests are kept until all blobs are there; together they have at most so many bytes. */
const maxManifestBytes = 128 * 1024 * 1024;
/** Indexes inside indexes; nobody nests deeper than two. */
const maxDepth = 8;

/** How a plan is made. */
export interface PlanOptions extends ReadOptions {
  /** Whether foreign layers are brought along too. */
  readonly foreignLayers: boolean;
}

/** Gathers what trees of manifests consist of, each part once. */
export class PlanBuilder {
  readonly manifests: Map<string, VerifiedManifest> = new Map();
  readonly blobs: Map<string, Descriptor> = new Map();
  readonly #store: ContentStore;
  readonly #options: PlanOptions;
  #bytes = 0;

  constructor(store: ContentStore, options: PlanOptions) {
    this.#store = store;
    this.#options = options;
  }

  /**
   * Adds a manifest and everything below it; what it names comes before it.
   *
   * @throws RegistryError `MANIFEST_INVALID` for trees without end, and what reading causes
   */
  async add(manifest: VerifiedManifest, depth = 0): Promise<void> {
    if (this.manifests.has(manifest.digest)) return;
    this.#bytes += manifest.bytes.length;
    if (depth > maxDepth || this.manifests.size >= maxManifests || this.#bytes > maxManifestBytes) {
      throw new RegistryError('MANIFEST_INVALID', `${this.#store.name}: more manifests than an image can have`, {
        hint: `at most ${maxManifests} manifests, nested at most ${maxDepth} deep, are copied as one image`,
      });
    }
    if (manifest.kind === 'index') await this.#addChildren(manifest.document.manifests, depth);
    else this.#addBlobs([manifest.document.config, ...manifest.document.layers]);
    this.manifests.set(manifest.digest, manifest);
  }

  /** Reads a manifest by its descriptor, and adds it. */
  async read(descriptor: Descriptor, depth = 0): Promise<VerifiedManifest> {
    const known = this.manifests.get(descriptor.digest);
    if (known !== undefined) return known;
    const manifest = await this.#store.readManifest(descriptor, { signal: this.#options.signal });
    await this.add(manifest, depth);
    return manifest;
  }

  async #addChildren(children: readonly Descriptor[], depth: number): Promise<void> {
    for (const child of children) {
      if (isManifestType(child.mediaType) || isIndexType(child.mediaType)) await this.read(child, depth + 1);
      // An index may name any content (image-spec, image-index.md): what is no manifest is a blob.
      else this.#addBlobs([child]);
    }
  }

  #addBlobs(blobs: readonly Descriptor[]): void {
    for (const blob of blobs) {
      if (isForeignLayerType(blob.mediaType) && !this.#options.foreignLayers) continue;
      const known = this.blobs.get(blob.digest);
      if (known !== undefined && known.size !== blob.size) {
        throw new RegistryError('MANIFEST_INVALID', `${this.#store.name}: ${blob.digest} is said to have two sizes`);
      }
      this.blobs.set(blob.digest, blob);
    }
  }
}
