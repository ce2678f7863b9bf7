import type { ByteRange } from './byte-range.ts';
import type { ImageConfig } from './config.ts';
import type { ImageContent } from './content-store.ts';
import type { ImageManifest } from './manifest.ts';
import type { Platform } from './platform.ts';

/** Options of everything that reads content. */
export interface ReadOptions {
  /** Stops the reading; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link ImageSource.resolve}. */
export interface ResolveOptions extends ReadOptions {
  /**
   * The platform the image must be for. Where it is absent, an index gives the image for Linux on this process's
   * CPU, or its only image; an image that is not in an index is taken whatever it is for.
   */
  readonly platform?: Platform | undefined;
}

/** One layer of an image; nothing of it is read before `open`. */
export interface ImageLayer {
  /** Position, 0 is the base. */
  readonly index: number;
  /** Digest of the bytes that `open` yields. */
  readonly digest: string;
  /** Media type of those bytes, as the manifest has it; it may be one this package does not know. */
  readonly mediaType: string;
  /** Number of those bytes. */
  readonly size: number;
  /** Digest of the uncompressed layer, by the word of the config. */
  readonly diffId?: string;
  /**
   * Reads the layer from its start; every iteration reads it anew. Digest and size are verified on the way, so the
   * content may only be trusted once the iteration has ended. Leaving the loop early frees the socket or file. Chunks
   * belong to the reader: nothing else holds them.
   *
   * Iterating throws RegistryError `DIGEST_INVALID` or `SIZE_INVALID` for other bytes than promised,
   * `LAYER_UNAVAILABLE` for a foreign layer that is not stored, and those of the transport.
   */
  open(options?: ReadOptions): AsyncIterable<Uint8Array>;
  /**
   * Reads some bytes of the layer, for formats that know where their parts lie (eStargz, zstd:chunked). They are *not
   * verified*: the digest is of the whole. Where the source cannot begin in the middle, what lies before is read too.
   *
   * @throws RegistryError `REFERENCE_INVALID` at once for bytes that the layer has not. Iterating throws as `open` does,
   * but for `DIGEST_INVALID`.
   */
  openRange(range: ByteRange, options?: ReadOptions): AsyncIterable<Uint8Array>;
}

/** An image for one platform: a view that does not change, with layers read on demand. */
export interface Image {
  /** What was asked for, in canonical form; for layouts and archives the name it has there (`DIRECTORY:TAG`). */
  readonly reference: string;
  /** What identifies the image: the digest of its platform manifest, or of its config. */
  readonly digest: string;
  /** Which of the two `digest` is; `config` only where no manifest exists. */
  readonly identity: 'manifest' | 'config';
  /** Digest of the index the image was chosen from, the outermost where they are nested. */
  readonly indexDigest?: string;
  /** What it runs on; `unknown` where neither index nor config tell. */
  readonly platform: Platform;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  /** Digest of the config's bytes. */
  readonly configDigest: string;
  /** Sum of the sizes of config and layers as stored, in bytes. */
  readonly size: number;
  /** Whether this package made the manifest up, because the source keeps none. */
  readonly synthesized: boolean;
  /** Base layer first. */
  readonly layers: readonly ImageLayer[];
}

/** Where images come from: a registry, a directory, a file. */
export interface ImageSource {
  /**
   * Finds an image and reads its manifest and config, verified.
   *
   * @param reference which image; its form is the source's. `undefined` where the source holds only one.
   * @throws RegistryError
   */
  resolve(reference: string | undefined, options?: ResolveOptions): Promise<Image>;
  /**
   * Finds what a name means, whole: all platforms of an index, artifacts too. Nothing but the manifest or index itself is
   * read.
   *
   * @param reference as for `resolve`
   * @throws RegistryError
   */
  content(reference: string | undefined, options?: ReadOptions): Promise<ImageContent>;
  /** Frees what the source holds. Layers can no longer be opened. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
