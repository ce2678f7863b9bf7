import { RegistryError } from '../error.ts';
import { imageChildren } from '../image/choose-child.ts';
import type { ContentStore, ManifestDescriptor, VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import type { ImageIndex, ImageManifest } from '../image/manifest.ts';
import { ociIndexType } from '../image/media-types.ts';
import { defaultManifestBytes, manifestTooLarge, verifiedManifest } from '../image/verified-manifest.ts';
import { readVerified } from '../image/verify-content.ts';
import { parseDigest } from '../reference/digest.ts';
import type { TarMember } from './index-tar.ts';
import type { MemberIndex } from './member-index.ts';

/** The `blobs/` that archives of Docker 25 and newer have beside `manifest.json`. */
export class ArchiveStore implements ContentStore {
  readonly name: string;
  readonly #members: MemberIndex;

  constructor(members: MemberIndex) {
    this.name = members.path;
    this.#members = members;
  }

  /** The member of a blob, if the archive has it. */
  find(digest: string): TarMember | undefined {
    const { algorithm, hex } = parseDigest(digest);
    return this.#members.find(`blobs/${algorithm}/${hex}`);
  }

  async readManifest(descriptor: ManifestDescriptor, options: ReadOptions): Promise<VerifiedManifest> {
    const where = `${this.name}: manifest ${descriptor.digest}`;
    const tooLarge = (): RegistryError => manifestTooLarge(where, defaultManifestBytes);
    const source = this.openBlob(descriptor, options);
    const bytes = await readVerified(source, descriptor, defaultManifestBytes, where, tooLarge);
    return verifiedManifest(bytes, descriptor.digest, descriptor.mediaType, where);
  }

  openBlob(descriptor: ContentDescriptor, { signal }: ReadOptions): AsyncIterable<Uint8Array> {
    const member = this.find(descriptor.digest);
    if (member !== undefined) return this.#members.open(member, signal);
    throw new RegistryError('BLOB_UNKNOWN', `${this.name}: the archive does not hold ${descriptor.digest}`);
  }
}

/** A manifest found in an archive, and the digest of the index it was under, if it was under one of its own. */
export interface ArchivedManifest {
  readonly manifest: VerifiedManifest;
  readonly indexDigest: string | undefined;
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
    indexDigest: string | undefined,
    depth: number,
  ): Promise<ArchivedManifest | undefined> {
    for (const child of imageChildren(index.manifests)) {
      // Docker writes the whole index of an image, but only the children it has.
      if (this.#store.find(child.digest) === undefined || this.#reads >= maxReads) continue;
      this.#reads += 1;
      const manifest = await this.#store.readManifest(child, this.#options);
      if (manifest.kind === 'manifest') {
        if (this.#serves(manifest.document)) return { manifest, indexDigest };
      } else if (depth < maxDepth) {
        const found = await this.visit(manifest.document, indexDigest ?? manifest.digest, depth + 1);
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
 * Finds the manifest of an image in the `index.json` of an archive; `undefined` where the archive has none: docker
 * before version 25, kaniko, skopeo.
 *
 * @throws RegistryError where an `index.json` or manifest is damaged
 */
export async function findArchivedManifest(
  members: MemberIndex,
  store: ArchiveStore,
  configDigest: string,
  options: ReadOptions,
): Promise<ArchivedManifest | undefined> {
  const member = members.find('index.json');
  if (member === undefined) return undefined;
  const bytes = await members.read(member, defaultManifestBytes, options.signal);
  const index = verifiedManifest(bytes, undefined, ociIndexType, `${members.path}: index.json`);
  if (index.kind !== 'index') return undefined;
  return new ManifestSearch(store, configDigest, options).visit(index.document, undefined, 0);
}
