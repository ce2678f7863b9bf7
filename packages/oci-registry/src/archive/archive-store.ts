import { RegistryError } from '../error.ts';
import type { ContentStore, ManifestDescriptor, VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import { ociIndexType } from '../image/media-types.ts';
import { manifestTooLarge, verifiedManifest } from '../image/verified-manifest.ts';
import { readVerified } from '../image/verify-content.ts';
import { parseDigest } from '../reference/digest.ts';
import { archiveInvalid } from './archive-error.ts';
import type { TarMember } from './index-tar.ts';
import type { MemberIndex } from './member-index.ts';

/** The `blobs/` of an OCI archive; archives of Docker 25 and newer have them beside `manifest.json`. */
export class ArchiveStore implements ContentStore {
  readonly name: string;
  readonly #members: MemberIndex;
  readonly #manifestBytes: number;

  constructor(members: MemberIndex, manifestBytes: number) {
    this.name = members.path;
    this.#members = members;
    this.#manifestBytes = manifestBytes;
  }

  /** The member of a blob, if the archive has it. */
  find(digest: string): TarMember | undefined {
    const { algorithm, hex } = parseDigest(digest);
    return this.#members.find(`blobs/${algorithm}/${hex}`);
  }

  async readManifest(descriptor: ManifestDescriptor, options: ReadOptions): Promise<VerifiedManifest> {
    const where = `${this.name}: manifest ${descriptor.digest}`;
    const tooLarge = (): RegistryError => manifestTooLarge(where, this.#manifestBytes);
    const source = this.openBlob(descriptor, options);
    const bytes = await readVerified(source, descriptor, this.#manifestBytes, where, tooLarge);
    return verifiedManifest(bytes, descriptor.digest, descriptor.mediaType, where);
  }

  openBlob(descriptor: ContentDescriptor, { signal }: ReadOptions): AsyncIterable<Uint8Array> {
    const member = this.find(descriptor.digest);
    if (member !== undefined) return this.#members.open(member, signal);
    return {
      [Symbol.asyncIterator]: () => {
        throw new RegistryError('BLOB_UNKNOWN', `${this.name}: the archive does not hold ${descriptor.digest}`, {
          hint: 'save the image again, with all its platforms where this is one of several',
        });
      },
    };
  }
}

/**
 * Reads the `index.json` of an archive; `undefined` where it has none.
 *
 * @param limit its largest size, in bytes
 * @throws RegistryError `ARCHIVE_INVALID`, `MANIFEST_INVALID`, `MANIFEST_TOO_LARGE`
 */
export async function readArchiveIndex(
  members: MemberIndex,
  limit: number,
  { signal }: ReadOptions,
): Promise<(VerifiedManifest & { readonly kind: 'index' }) | undefined> {
  const member = members.find('index.json');
  if (member === undefined) return undefined;
  const where = `${members.path}: index.json`;
  const bytes = await members.read(member, limit, signal, () => manifestTooLarge(where, limit));
  const index = verifiedManifest(bytes, undefined, ociIndexType, where);
  if (index.kind !== 'index') throw archiveInvalid(where, 'it is not an index');
  return index;
}
