import { RegistryError } from '../error.ts';
import type { ContentStore, ImageContent, ManifestDescriptor, VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import type { ImageLayer, ReadOptions } from '../image/image.ts';
import { verifiedManifest } from '../image/verified-manifest.ts';
import type { ArchivedConfig } from './archived-config.ts';
import type { ClassicParts } from './classic-image.ts';

/** A manifest that was made up, with the config and layers that the archive has under other names. */
class SynthesizedStore implements ContentStore {
  readonly name: string;
  readonly root: VerifiedManifest;
  readonly #config: ArchivedConfig;
  readonly #layers: ReadonlyMap<string, ImageLayer>;

  constructor(name: string, { manifest, layers }: ClassicParts, config: ArchivedConfig) {
    this.name = name;
    // The fields are always written in the same order, so the digest is always the same.
    const bytes = Buffer.from(JSON.stringify(manifest));
    this.root = verifiedManifest(bytes, undefined, manifest.mediaType, name);
    this.#config = config;
    this.#layers = new Map(layers.map((layer) => [layer.digest, layer]));
  }

  readManifest({ digest }: ManifestDescriptor, { signal }: ReadOptions): Promise<VerifiedManifest> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return digest === this.root.digest ? Promise.resolve(this.root) : Promise.reject(this.#unknown(digest));
  }

  async *openBlob({ digest }: ContentDescriptor, options: ReadOptions): AsyncGenerator<Uint8Array> {
    options.signal?.throwIfAborted();
    const layer = this.#layers.get(digest);
    if (layer !== undefined) yield* layer.open(options);
    else if (digest === this.#config.digest) yield this.#config.bytes;
    else throw this.#unknown(digest);
  }

  #unknown(digest: string): RegistryError {
    return new RegistryError('BLOB_UNKNOWN', `${this.name}: the archive does not hold ${digest}`);
  }
}

/** What an image of an archive without manifests means, whole, under the manifest made up for it. */
export function synthesizedContent(
  name: string,
  reference: string | undefined,
  parts: ClassicParts,
  config: ArchivedConfig,
): ImageContent {
  const store = new SynthesizedStore(name, parts, config);
  return { reference: reference ?? config.digest, root: store.root, store };
}
