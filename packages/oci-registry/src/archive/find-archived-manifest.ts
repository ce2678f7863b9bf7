import { imageChildren } from '../image/choose-child.ts';
import type { VerifiedManifest } from '../image/content-store.ts';
import type { ReadOptions } from '../image/image.ts';
import type { ImageIndex, ImageManifest } from '../image/manifest.ts';
import type { ArchiveStore } from './archive-store.ts';

/** An index that was verified. */
export type VerifiedIndex = VerifiedManifest & { readonly kind: 'index' };

/** A manifest found in an archive, and the outermost index it is under, if it is under one of its own. */
export interface ArchivedManifest {
  readonly manifest: VerifiedManifest;
  readonly index: VerifiedIndex | undefined;
}

/** Indexes inside `index.json` that are looked into, and manifests read in all. */
const maxDepth = 3;
const maxReads = 64;

/** Looks through `index.json` for the manifest of a config. */
class ManifestSearch {
  readonly #store: ArchiveStore;
  readonly #configDigest: string;
  readonly #options: ReadOptions;
  #reads = 0;

  constructor(store: ArchiveStore, configDigest: string, options: ReadOptions) {
    this.#store = store;
    this.#configDigest = configDigest;
    this.#options = options;
  }

  async visit(
    index: ImageIndex,
    outermost: VerifiedIndex | undefined,
    depth: number,
  ): Promise<ArchivedManifest | undefined> {
    for (const child of imageChildren(index.manifests)) {
      // Docker writes the whole index of an image, but only the children it has.
      if (this.#store.find(child.digest) === undefined || this.#reads >= maxReads) continue;
      this.#reads += 1;
      const manifest = await this.#store.readManifest(child, this.#options);
      if (manifest.kind === 'manifest') {
        if (this.#serves(manifest.document)) return { manifest, index: outermost };
      } else if (depth < maxDepth) {
        const found = await this.visit(manifest.document, outermost ?? manifest, depth + 1);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #serves(manifest: ImageManifest): boolean {
    const isComplete = manifest.layers.every((layer) => this.#store.find(layer.digest) !== undefined);
    return manifest.config.digest === this.#configDigest && isComplete;
  }
}

/**
 * Finds the manifest of a config under the `index.json` of an archive; `undefined` where there is none whose layers are
 * all held.
 *
 * @throws RegistryError where a manifest is damaged
 */
export function findArchivedManifest(
  store: ArchiveStore,
  root: ImageIndex,
  configDigest: string,
  options: ReadOptions,
): Promise<ArchivedManifest | undefined> {
  return new ManifestSearch(store, configDigest, options).visit(root, undefined, 0);
}

/** An index with those of its children that the archive holds; it keeps its digest. */
export function heldPart(store: ArchiveStore, index: VerifiedIndex): VerifiedIndex {
  const manifests = index.document.manifests.filter((child) => store.find(child.digest) !== undefined);
  return { ...index, document: { ...index.document, manifests } };
}

/** Whether the archive holds every child of an index. */
export function holdsAll(store: ArchiveStore, index: VerifiedIndex): boolean {
  return index.document.manifests.every((child) => store.find(child.digest) !== undefined);
}
