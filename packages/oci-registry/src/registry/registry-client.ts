import { RegistryError } from '../error.ts';
import type { ImageContent, VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import type { Image, ImageSource, ReadOptions } from '../image/image.ts';
import { defaultConfigBytes } from '../image/load-config.ts';
import { resolveImage } from '../image/resolve-image.ts';
import { verifyContent } from '../image/verify-content.ts';
import { formatReference } from '../reference/format-reference.ts';
import { parseReference } from '../reference/parse-reference.ts';
import type { Reference } from '../reference/reference.ts';
import type { RegistryClientOptions } from '../transport/client-options.ts';
import { RegistryTransport } from '../transport/registry-transport.ts';
import { fetchBlob } from './fetch-blob.ts';
import { type FetchManifestOptions, fetchManifest } from './fetch-manifest.ts';
import type { RegistryReadOptions, RegistryResolveOptions } from './read-options.ts';

function toReference(reference: Reference | string | undefined): Reference {
  if (reference === undefined) {
    throw new RegistryError('REFERENCE_INVALID', 'image reference: a registry needs one', {
      hint: 'name the image: registry.example.com/team/app:1.2',
    });
  }
  // A hand-made Reference goes through the grammar too: its parts become parts of a URL.
  return parseReference(typeof reference === 'string' ? reference : formatReference(reference));
}

/**
 * Reads images from any number of registries (OCI distribution-spec 1.1, pull). One client keeps connections and
 * access tokens, so use one for many images, and close it.
 */
export class RegistryClient implements ImageSource {
  readonly #transport: RegistryTransport;
  readonly #options: RegistryClientOptions;

  constructor(options: RegistryClientOptions = {}) {
    this.#options = options;
    this.#transport = new RegistryTransport(options);
  }

  /**
   * Finds an image and reads its manifest and config. Where the reference has a digest, it decides; the tag beside it
   * is not asked for.
   *
   * @throws RegistryError
   */
  async resolve(reference: Reference | string | undefined, options: RegistryResolveOptions = {}): Promise<Image> {
    const { root, store, reference: name } = await this.content(reference, options);
    return resolveImage(store, root, name, {
      configBytes: this.#options.limits?.configBytes ?? defaultConfigBytes,
      platform: options.platform,
      signal: options.signal,
    });
  }

  /**
   * Finds what a reference means, whole: all platforms of an index, artifacts too. Its parts are read with the keychain of
   * this call.
   *
   * @throws RegistryError
   */
  async content(reference: Reference | string | undefined, options: RegistryReadOptions = {}): Promise<ImageContent> {
    const parsed = toReference(reference);
    const root = await this.getManifest(parsed, options);
    const { registry, repository } = parsed;
    const { keychain } = options;
    const store = {
      name: `${registry}/${repository}`,
      readManifest: ({ digest, size }: ContentDescriptor, { signal }: ReadOptions): Promise<VerifiedManifest> =>
        this.#fetchManifest({ registry, repository, digest }, { size, keychain, signal }),
      openBlob: (descriptor: ContentDescriptor, read: ReadOptions): AsyncIterable<Uint8Array> =>
        fetchBlob(this.#transport, parsed, descriptor, { ...read, keychain }),
    };
    return { reference: formatReference(parsed), root, store };
  }

  /**
   * Gets the manifest or index that a reference names, verified, with its bytes.
   *
   * @throws RegistryError
   */
  async getManifest(reference: Reference | string, options: RegistryReadOptions = {}): Promise<VerifiedManifest> {
    const { keychain, signal } = options;
    return this.#fetchManifest(toReference(reference), { keychain, signal });
  }

  /**
   * Reads a blob of a repository, verified while it streams. Every iteration sends its own request; leaving the loop
   * early closes the connection. The tag or digest of the reference does not matter.
   *
   * Iterating throws RegistryError as {@link ImageLayer.open} does.
   *
   * @throws RegistryError `REFERENCE_INVALID`, `DIGEST_INVALID` at once for a malformed reference or digest
   */
  openBlob(
    reference: Reference | string,
    descriptor: ContentDescriptor,
    options: RegistryReadOptions = {},
  ): AsyncIterable<Uint8Array> {
    const parsed = toReference(reference);
    const where = `${parsed.registry}/${parsed.repository}: blob ${descriptor.digest}`;
    return verifyContent(fetchBlob(this.#transport, parsed, descriptor, options), descriptor, where);
  }

  /** Ends all connections at once. What is still being read fails with `CLOSED`. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  /** The same as {@link RegistryClient.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #fetchManifest(reference: Reference, options: FetchManifestOptions): Promise<VerifiedManifest> {
    return fetchManifest(this.#transport, reference, { ...options, limit: this.#options.limits?.manifestBytes });
  }
}
