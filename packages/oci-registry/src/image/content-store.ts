import type { ByteRange } from './byte-range.ts';
import type { ContentDescriptor } from './descriptor.ts';
import type { ReadOptions } from './image.ts';
import type { ManifestDocument } from './manifest.ts';

/** A manifest or index with the digest that was verified over its bytes. */
export type VerifiedManifest = ManifestDocument & {
  /** Digest of `bytes`, verified. */
  readonly digest: string;
  /** The document as stored. */
  readonly bytes: Uint8Array;
};

/** A child of an index: what is known of it before it is read. */
export type ManifestDescriptor = ContentDescriptor & { readonly mediaType: string };

/** Where the parts of one image lie: a repository, a layout, an archive. The rest of resolving is the same for all. */
export interface ContentStore {
  /** How messages call it: `registry.example.com/team/app`, a path. */
  readonly name: string;
  /** Reads a manifest by its descriptor, verified. */
  readManifest(descriptor: ManifestDescriptor, options: ReadOptions): Promise<VerifiedManifest>;
  /** Content as it is stored, not yet verified. Iterating throws `BLOB_UNKNOWN` where there is none. */
  openBlob(descriptor: ContentDescriptor, options: ReadOptions): AsyncIterable<Uint8Array>;
  /** Some bytes of it; a store that cannot begin in the middle leaves this away. */
  openRange?(descriptor: ContentDescriptor, range: ByteRange, options: ReadOptions): AsyncIterable<Uint8Array>;
}

/**
 * What a name means at a source, and everything below it: what is copied, where {@link Image} is what is read.
 */
export interface ImageContent {
  /** What was asked for, in canonical form; for layouts and archives the name it has there. */
  readonly reference: string;
  /** The manifest or index that the name means. */
  readonly root: VerifiedManifest;
  /** Where its parts lie. */
  readonly store: ContentStore;
}
