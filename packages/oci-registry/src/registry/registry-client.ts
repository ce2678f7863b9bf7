import { type ClientCopyOptions, type CopyFrom, type CopyTo, copyBetween } from '../copy/copy-between.ts';
import type { CopyResult } from '../copy/copy-image.ts';
import type { ImageTarget } from '../copy/image-target.ts';
import { RegistryError } from '../error.ts';
import type { ByteRange } from '../image/byte-range.ts';
import type { ImageContent, VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor, Descriptor } from '../image/descriptor.ts';
import type { Image, ImageSource, ReadOptions } from '../image/image.ts';
import { defaultConfigBytes } from '../image/load-config.ts';
import { resolveImage } from '../image/resolve-image.ts';
import { verifyContent } from '../image/verify-content.ts';
import { formatReference } from '../reference/format-reference.ts';
import { canonicalHost } from '../reference/host.ts';
import { parseReference } from '../reference/parse-reference.ts';
import type { Reference } from '../reference/reference.ts';
import type { RegistryClientOptions } from '../transport/client-options.ts';
import type { RateLimit } from '../transport/rate-limit.ts';
import { RegistryTransport } from '../transport/registry-transport.ts';
import { type BlobDescriptor, fetchBlob } from './fetch-blob.ts';
import { fetchDescriptor, type ResolvedDescriptor } from './fetch-descriptor.ts';
import { type FetchManifestOptions, fetchManifest } from './fetch-manifest.ts';
import { type ListOptions, listRepositories, listTags } from './list-names.ts';
import { type ListReferrersOptions, listReferrers } from './list-referrers.ts';
import { pushBlob } from './push-blob.ts';
import { type ManifestToPush, pushManifest } from './push-manifest.ts';
import type { BlobOutcome, PushBlobOptions, PushOptions } from './push-options.ts';
import { type RegistryTargetOptions, registryTarget } from './push-target.ts';
import type { RegistryReadOptions, RegistryResolveOptions } from './read-options.ts';
import type { OpenBlob } from './upload-cursor.ts';

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
 * Reads images from any number of registries, and writes them (OCI distribution-spec 1.1). One client keeps connections and
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
      openBlob: (descriptor: BlobDescriptor, read: ReadOptions): AsyncIterable<Uint8Array> =>
        fetchBlob(this.#transport, parsed, descriptor, { ...read, keychain }),
      openRange: (descriptor: BlobDescriptor, range: ByteRange, read: ReadOptions): AsyncIterable<Uint8Array> =>
        fetchBlob(this.#transport, parsed, descriptor, { ...read, keychain }, range),
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
   * Finds what a reference means now, without reading it where the registry says enough by HEAD. A digest that comes from
   * headers alone is the registry's word.
   *
   * @throws RegistryError
   */
  async getDescriptor(reference: Reference | string, options: RegistryReadOptions = {}): Promise<ResolvedDescriptor> {
    const { keychain, signal } = options;
    const limit = this.#options.limits?.manifestBytes;
    return fetchDescriptor(this.#transport, toReference(reference), { keychain, limit, signal });
  }

  /**
   * The latest rate limit that a registry told, or a mirror where its host is given; `undefined` before it has told any.
   *
   * @param registry host, `docker.io`
   * @throws RegistryError `REFERENCE_INVALID` where it is not a host
   */
  rateLimit(registry: string): RateLimit | undefined {
    return this.#transport.rateLimit(registry);
  }

  /**
   * Reads a blob of a repository, verified while it streams; a connection that breaks is resumed. Every iteration sends
   * its own request; leaving the loop early closes the connection. The tag or digest of the reference does not matter.
   *
   * Iterating throws RegistryError as {@link ImageLayer.open} does.
   *
   * @throws RegistryError `REFERENCE_INVALID`, `DIGEST_INVALID` at once for a malformed reference or digest
   */
  openBlob(
    reference: Reference | string,
    descriptor: BlobDescriptor,
    options: RegistryReadOptions = {},
  ): AsyncIterable<Uint8Array> {
    const parsed = toReference(reference);
    const where = `${parsed.registry}/${parsed.repository}: blob ${descriptor.digest}`;
    return verifyContent(fetchBlob(this.#transport, parsed, descriptor, options), descriptor, where);
  }

  /**
   * The tags of a repository, in the order of the registry, page by page as they are taken. `sortTags` orders them as
   * versions.
   *
   * @param repository a reference; its tag or digest does not matter
   * @throws RegistryError `REFERENCE_INVALID` at once
   */
  listTags(repository: Reference | string, options: ListOptions = {}): AsyncIterable<string> {
    return listTags(this.#transport, toReference(repository), options);
  }

  /**
   * The repositories of a registry, where it has a catalog and this client may see it.
   *
   * @param registry host, `registry.example.com:5000`
   * @throws RegistryError `REFERENCE_INVALID` at once where it is not a host
   */
  listRepositories(registry: string, options: ListOptions = {}): AsyncIterable<string> {
    this.#transport.endpoint(registry);
    return listRepositories(this.#transport, canonicalHost(registry) ?? registry, options);
  }

  /**
   * What refers to a manifest or index: signatures, attestations, SBOMs. A tag is looked up first. Nothing is yielded where
   * there is none.
   *
   * @throws RegistryError `REFERENCE_INVALID` at once
   */
  listReferrers(reference: Reference | string, options: ListReferrersOptions = {}): AsyncIterable<Descriptor> {
    const parsed = toReference(reference);
    const limit = this.#options.limits?.manifestBytes;
    const digest = async (): Promise<string> => parsed.digest ?? (await this.getDescriptor(parsed, options)).digest;
    return listReferrers(this.#transport, parsed, digest, { limit, ...options });
  }

  /**
   * Brings a blob into a repository, where it is not there. The tag or digest of the reference does not matter.
   *
   * @param open reads the blob from its start; called again where something has to be sent again
   * @throws RegistryError
   */
  async pushBlob(
    reference: Reference | string,
    descriptor: ContentDescriptor,
    open: OpenBlob,
    options: PushBlobOptions = {},
  ): Promise<BlobOutcome> {
    return pushBlob(this.#transport, toReference(reference), descriptor, open, options);
  }

  /**
   * Writes a manifest or index under a tag, or under its digest where the reference has that; after all that it names.
   *
   * @throws RegistryError
   */
  async pushManifest(
    reference: Reference | string,
    manifest: ManifestToPush,
    options: PushOptions = {},
  ): Promise<void> {
    const parsed = toReference(reference);
    await pushManifest(this.#transport, parsed, manifest, parsed.tag ?? manifest.digest, options);
  }

  /** A repository as target of {@link copyImage}; the name an image gets is the tag of the reference. */
  target(reference: Reference | string, options: RegistryTargetOptions = {}): ImageTarget {
    return registryTarget(this.#transport, toReference(reference), options);
  }

  /**
   * Copies an image: between registries, or from and to layouts and archives. Blobs that the target has are left alone, and
   * within one registry they are mounted; what is sent is verified on the way and never held in memory.
   *
   * @throws RegistryError
   */
  async copy(from: CopyFrom, to: CopyTo, options: ClientCopyOptions = {}): Promise<CopyResult> {
    return copyBetween(this, from, to, options);
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
