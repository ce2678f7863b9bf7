import { RegistryError } from '../error.ts';
import { imageChildren, offeredPlatforms, rankChildren } from './choose-child.ts';
import type { ImageConfig } from './config.ts';
import type { ContentStore, VerifiedManifest } from './content-store.ts';
import { type Descriptor, toPlatform } from './descriptor.ts';
import { readManifest } from './embedded-content.ts';
import type { ReadOptions } from './image.ts';
import { loadConfig } from './load-config.ts';
import type { ImageIndex, ImageManifest } from './manifest.ts';
import { formatPlatform, hostPlatform, type Platform } from './platform.ts';
import { rankPlatform } from './rank-platform.ts';

/** The manifest of one platform, with its config. */
export interface FoundImage {
  readonly digest: string;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  readonly platform: Platform;
}

/** How a search goes. */
export interface FindOptions extends ReadOptions {
  /** The platform it must be for; `undefined` leaves the choice to the search. */
  readonly platform?: Platform | undefined;
  /** Largest config, in bytes. */
  readonly configBytes: number;
}

/** Indexes inside indexes that are followed; image-spec allows them, nobody nests deeper than two. */
const maxDepth = 4;
/** Manifests read in one search, so that an index of thousands of unnamed children costs no thousand requests. */
const maxReads = 32;

const unknownPlatform: Platform = { os: 'unknown', architecture: 'unknown' };

/** One search through a manifest or a tree of indexes. */
class ImageSearch {
  readonly offered = new Set<string>();
  readonly #store: ContentStore;
  readonly #options: FindOptions;
  #reads = 0;

  constructor(store: ContentStore, options: FindOptions) {
    this.#store = store;
    this.#options = options;
  }

  /**
   * @param wanted platform it must be for, `undefined` for any
   * @param named platform that the index says this node is for; the index is believed, as runtimes do
   */
  async visit(
    node: VerifiedManifest,
    wanted: Platform | undefined,
    named: Platform | undefined,
    depth: number,
  ): Promise<FoundImage | undefined> {
    if (node.kind === 'index') return this.#visitIndex(node.document, wanted, depth);
    const config = await loadConfig(this.#store, node.document, this.#options.configBytes, this.#options);
    const platform = named ?? toPlatform(config);
    const found = { digest: node.digest, manifest: node.document, config, platform: platform ?? unknownPlatform };
    if (wanted === undefined || platform === undefined || rankPlatform(wanted, platform) !== undefined) return found;
    this.offered.add(formatPlatform(platform));
    return undefined;
  }

  async #visitIndex(index: ImageIndex, wanted: Platform | undefined, depth: number): Promise<FoundImage | undefined> {
    if (depth >= maxDepth) {
      throw new RegistryError('MANIFEST_INVALID', `${this.#store.name}: indexes are nested deeper than ${maxDepth}`);
    }
    const children = imageChildren(index.manifests);
    for (const platform of offeredPlatforms(children)) this.offered.add(platform);
    const [only] = children;
    if (only === undefined) {
      throw new RegistryError('NOT_AN_IMAGE', `${this.#store.name}: the index holds no container image`);
    }
    if (wanted === undefined && children.length === 1) return this.#visitChild(only, undefined, depth);
    const platform = wanted ?? hostPlatform();
    for (const child of rankChildren(children, platform)) {
      const found = await this.#visitChild(child, platform, depth);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #visitChild(child: Descriptor, wanted: Platform | undefined, depth: number): Promise<FoundImage | undefined> {
    this.#reads += 1;
    if (this.#reads > maxReads) {
      throw new RegistryError('MANIFEST_INVALID', `${this.#store.name}: more than ${maxReads} manifests to look into`);
    }
    const named = toPlatform(child.platform);
    try {
      const node = await readManifest(this.#store, child, this.#options);
      return await this.visit(node, wanted, named, depth + 1);
    } catch (error) {
      // A child without a platform may be any artifact that somebody filed here.
      if (named === undefined && error instanceof RegistryError && error.code === 'NOT_AN_IMAGE') return undefined;
      throw error;
    }
  }
}

/**
 * Finds the image for a platform under a manifest or index.
 *
 * @throws RegistryError `PLATFORM_NOT_FOUND` listing what exists, `NOT_AN_IMAGE`, `MANIFEST_INVALID`
 */
export async function findImage(
  store: ContentStore,
  root: VerifiedManifest,
  options: FindOptions,
): Promise<FoundImage> {
  const search = new ImageSearch(store, options);
  const found = await search.visit(root, options.platform, undefined, 0);
  if (found !== undefined) return found;
  throw platformNotFound(store.name, options.platform ?? hostPlatform(), [...search.offered]);
}

/** The error for an image that exists, but not for the wanted platform. */
export function platformNotFound(where: string, wanted: Platform, offered: readonly string[]): RegistryError {
  const list = offered.length === 0 ? 'no platform is named' : `available: ${offered.slice(0, 40).join(', ')}`;
  return new RegistryError('PLATFORM_NOT_FOUND', `${where}: no image for ${formatPlatform(wanted)} (${list})`, {
    hint: 'choose one of the available platforms',
  });
}
