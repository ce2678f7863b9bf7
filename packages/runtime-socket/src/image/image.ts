import type { ImageConfig } from './image-config.ts';
import type { ImageManifest } from './manifest.ts';
import type { Platform } from './platform.ts';
import type { ReadOptions } from './read-options.ts';

/** Options of {@link ImageSource.resolve}. */
export interface ResolveOptions extends ReadOptions {
  /** The platform the image must be for. Where it is absent, the one the runtime has for this machine is taken. */
  readonly platform?: Platform | undefined;
}

/** One layer of an image; nothing of it is read before `open`. */
export interface ImageLayer {
  /** Position, 0 is the base. */
  readonly index: number;
  /** Digest of the bytes that `open` yields. */
  readonly digest: string;
  /** Media type of those bytes. */
  readonly mediaType: string;
  /**
   * Number of those bytes. Docker and Podman do not tell it before the export: there it is the sum of the sizes of the
   * layer's files, or 0 where they do not tell that either. Do not check against it when the image is `synthesized`.
   */
  readonly size: number;
  /** Digest of the uncompressed layer, by the word of the config. */
  readonly diffId?: string;
  /**
   * Reads the layer from its start; every iteration reads it anew. Its digest is verified on the way, so the content
   * may only be trusted once the iteration has ended. Leaving the loop early frees the socket.
   *
   * With Docker and Podman every `open` costs an export of the image up to this layer: `exportLayers` reads many at the
   * cost of one.
   *
   * Iterating throws RuntimeError `DIGEST_INVALID`, `CONTENT_DISCARDED`, and those of the connection.
   */
  open(options?: ReadOptions): AsyncIterable<Uint8Array>;
}

/** A layer that passes by during an export. */
export interface ExportedLayer {
  /** Position, 0 is the base; the first of them where an image has the same layer more than once. */
  readonly index: number;
  /** Digest of the uncompressed layer. */
  readonly diffId: string;
  /** Digest of the bytes of `stream`. */
  readonly digest: string;
  /** Media type of those bytes. */
  readonly mediaType: string;
  /** Number of those bytes, exactly. */
  readonly size: number;
  /** The content, to be read once, before the next layer is asked for; verified like {@link ImageLayer.open}'s. */
  readonly stream: AsyncIterable<Uint8Array>;
}

/** Options of {@link Image.exportLayers}. */
export interface ExportOptions extends ReadOptions {
  /** diffIDs of the layers to read; all of them when absent. The export ends with the last of them. */
  readonly wanted?: Iterable<string> | undefined;
  /**
   * Called once with the config as it was stored, verified against `configDigest`. With Docker and Podman this makes
   * the export be read until the config comes, which may be after all layers.
   */
  readonly onConfig?: ((config: ImageConfig) => void) | undefined;
}

/** An image for one platform: a view that does not change, with layers read on demand. */
export interface Image {
  /** What was asked for. */
  readonly reference: string;
  /** What identifies the image: the digest of its platform manifest, or of its config. */
  readonly digest: string;
  /** Which of the two `digest` is; `config` only where no manifest exists. */
  readonly identity: 'manifest' | 'config';
  /** Digest of the index the image was chosen from, the outermost where they are nested. */
  readonly indexDigest?: string;
  /** What it runs on; `unknown` where the runtime does not tell. */
  readonly platform: Platform;
  readonly manifest: ImageManifest;
  /** The config; of Docker and Podman what they tell of it, the original comes with {@link ExportOptions.onConfig}. */
  readonly config: ImageConfig;
  /** Digest of the config's bytes. */
  readonly configDigest: string;
  /** Sum of the sizes of config and layers as far as they are known, in bytes. */
  readonly size: number;
  /** Whether this package made the manifest up, because the runtime does not give it. */
  readonly synthesized: boolean;
  /** Base layer first. */
  readonly layers: readonly ImageLayer[];
  /**
   * Reads layers in one pass, in the order the runtime sends them. A layer that is not read to its end is passed over.
   * Leaving the loop early frees the socket.
   *
   * Iterating throws RuntimeError `DIGEST_INVALID`, `CONTENT_DISCARDED`, `TOO_LARGE`, `INVALID_RESPONSE` where a
   * wanted layer does not come, and those of the connection.
   */
  exportLayers(options?: ExportOptions): AsyncIterable<ExportedLayer>;
}

/** The images that a runtime has. */
export interface ImageSource {
  /**
   * Finds an image.
   *
   * @param reference name with tag or digest as the runtime knows it, or the digest that identifies the image
   * @throws RuntimeError `IMAGE_UNKNOWN`, `PLATFORM_MISMATCH`, `UNSUPPORTED`, and those of the connection
   */
  resolve(reference: string | undefined, options?: ResolveOptions): Promise<Image>;
  /** Ends what is being read. The runtime itself stays open. */
  close(): Promise<void>;
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
