import { join } from 'node:path';
import { z } from 'zod';
import { RegistryError } from '../error.ts';
import { isNotFound, readFileRange, readWholeFile } from '../file/read-file.ts';
import type { ByteRange } from '../image/byte-range.ts';
import type { ContentStore, ImageContent, ManifestDescriptor, VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import { readManifest } from '../image/embedded-content.ts';
import type { Image, ImageSource, ReadOptions, ResolveOptions } from '../image/image.ts';
import { defaultConfigBytes } from '../image/load-config.ts';
import { ociIndexType } from '../image/media-types.ts';
import { resolveImage } from '../image/resolve-image.ts';
import { defaultManifestBytes, manifestTooLarge, verifiedManifest } from '../image/verified-manifest.ts';
import { readVerified } from '../image/verify-content.ts';
import { checkWireDocument, parseJson } from '../image/wire-document.ts';
import { parseDigest } from '../reference/digest.ts';
import { readCapped } from '../transport/read-capped.ts';
import { chooseEntry } from './choose-entry.ts';
import { layoutImageName } from './layout-image-name.ts';

/** Bounds on what is read from a layout, in bytes. */
export interface OciLayoutOptions {
  /** Largest manifest, index or `index.json`. Default 4 MiB. */
  readonly manifestBytes?: number | undefined;
  /** Largest image config. Default 16 MiB. */
  readonly configBytes?: number | undefined;
}

/** The file `oci-layout` (image-spec, image-layout.md). */
const markerSchema = z.looseObject({ imageLayoutVersion: z.string().regex(/^1\./) });
const maxMarkerBytes = 4096;

function fileError(error: unknown, where: string): RegistryError {
  if (error instanceof RegistryError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new RegistryError('LAYOUT_INVALID', `${where}: cannot be read (${code})`, { cause: error });
}

/** The blobs of a layout. A digest of a checked form is the only thing that ever becomes part of a path. */
class LayoutStore implements ContentStore {
  readonly name: string;
  readonly #manifestBytes: number;

  constructor(path: string, manifestBytes: number) {
    this.name = path;
    this.#manifestBytes = manifestBytes;
  }

  async readManifest(descriptor: ManifestDescriptor, options: ReadOptions): Promise<VerifiedManifest> {
    const where = `${this.name}: manifest ${descriptor.digest}`;
    const tooLarge = (): RegistryError => manifestTooLarge(where, this.#manifestBytes);
    const source = this.openBlob(descriptor, options);
    const bytes = await readVerified(source, descriptor, this.#manifestBytes, where, tooLarge);
    return verifiedManifest(bytes, descriptor.digest, descriptor.mediaType, where);
  }

  openBlob(descriptor: ContentDescriptor, { signal }: ReadOptions): AsyncIterable<Uint8Array> {
    return this.#read(descriptor, (path) => readWholeFile(path, signal), signal);
  }

  openRange(
    descriptor: ContentDescriptor,
    { start, end }: ByteRange,
    { signal }: ReadOptions,
  ): AsyncIterable<Uint8Array> {
    return this.#read(descriptor, (path) => readFileRange(path, start, end, signal), signal);
  }

  #read(
    { digest }: ContentDescriptor,
    open: (path: string) => AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
  ): AsyncIterable<Uint8Array> {
    const { algorithm, hex } = parseDigest(digest);
    const path = join(this.name, 'blobs', algorithm, hex);
    return {
      async *[Symbol.asyncIterator]() {
        try {
          yield* open(path);
        } catch (error) {
          signal?.throwIfAborted();
          if (!isNotFound(error)) throw fileError(error, path);
          throw new RegistryError('BLOB_UNKNOWN', `${path}: the layout does not hold this blob`, { cause: error });
        }
      },
    };
  }
}

class OciLayout implements ImageSource {
  readonly #path: string;
  readonly #options: OciLayoutOptions;
  #closed = false;

  constructor(path: string, options: OciLayoutOptions) {
    this.#path = path;
    this.#options = options;
  }

  async resolve(reference: string | undefined, options: ResolveOptions = {}): Promise<Image> {
    const { platform, signal } = options;
    const { root, store, reference: name } = await this.content(reference, { signal });
    const configBytes = this.#options.configBytes ?? defaultConfigBytes;
    return resolveImage(store, root, name, { configBytes, platform, signal });
  }

  async content(reference: string | undefined, { signal }: ReadOptions = {}): Promise<ImageContent> {
    if (this.#closed) throw new RegistryError('CLOSED', `${this.#path}: the layout was closed`);
    await this.#checkMarker(signal);
    const index = await this.#readIndex(signal);
    const { entry, name } = chooseEntry(index.document, reference, this.#path);
    const store = new LayoutStore(this.#path, this.#options.manifestBytes ?? defaultManifestBytes);
    const root = entry === undefined ? index : await readManifest(store, entry, { signal });
    return { reference: layoutImageName(this.#path, name), root, store };
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #checkMarker(signal: AbortSignal | undefined): Promise<void> {
    const where = join(this.#path, 'oci-layout');
    const bytes = await this.#readDocument(where, maxMarkerBytes, signal);
    checkWireDocument(parseJson(bytes, 'LAYOUT_INVALID', where), markerSchema, 'LAYOUT_INVALID', where);
  }

  async #readIndex(signal: AbortSignal | undefined): Promise<VerifiedManifest & { kind: 'index' }> {
    const where = join(this.#path, 'index.json');
    const bytes = await this.#readDocument(where, this.#options.manifestBytes ?? defaultManifestBytes, signal);
    const index = verifiedManifest(bytes, undefined, ociIndexType, where);
    if (index.kind !== 'index') throw new RegistryError('LAYOUT_INVALID', `${where}: it is not an index`);
    return index;
  }

  async #readDocument(path: string, limit: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    try {
      return await readCapped(readWholeFile(path, signal), limit, () => manifestTooLarge(path, limit));
    } catch (error) {
      signal?.throwIfAborted();
      if (!isNotFound(error)) throw fileError(error, path);
      throw new RegistryError('LAYOUT_INVALID', `${path}: no such file`, {
        hint: 'name the directory of an OCI image layout: it has the files oci-layout and index.json',
        cause: error,
      });
    }
  }
}

/**
 * Opens a directory in OCI image layout (image-spec, image-layout.md) as a source of images. Nothing is read before
 * the first `resolve`; files are open only while they are being read.
 *
 * `resolve` takes a tag, a digest, or the full name that containerd writes; `undefined` where there is one image.
 */
export function openOciLayout(path: string, options: OciLayoutOptions = {}): ImageSource {
  return new OciLayout(path, options);
}
