import { createHash } from 'node:crypto';
import type { Descriptor } from '../image/descriptor.ts';
import type { ImageLayer, ReadOptions } from '../image/image.ts';
import { dockerLayerType } from '../image/media-types.ts';
import { verifyContent } from '../image/verify-content.ts';
import { readCapped } from '../transport/read-capped.ts';
import { archiveInvalid } from './archive-error.ts';
import { checkDiffId } from './check-diff-id.ts';
import { claimedDigest } from './docker-manifest.ts';
import type { TarMember } from './index-tar.ts';
import { type Compression, compressionOf } from './inflate.ts';
import type { MemberIndex } from './member-index.ts';

const mediaTypes: Readonly<Record<Compression, string>> = {
  gzip: `${dockerLayerType}.gzip`,
  zstd: `${dockerLayerType}.zstd`,
};

/** Digest of a member that does not have it in its name. Reads it once; nothing is kept. */
async function hashMember(members: MemberIndex, member: TarMember, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of members.open(member, signal)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

/** The digest of a compressed member: by its name, unless that names the uncompressed tar, or by hashing it. */
async function storedDigest(
  members: MemberIndex,
  name: string,
  member: TarMember,
  signal: AbortSignal | undefined,
): Promise<string> {
  const claimed = name.endsWith('.tar') ? undefined : claimedDigest(name);
  return claimed ?? hashMember(members, member, signal);
}

/** A layer of an archive without manifests, with the descriptor made up for it. */
export interface ArchivedLayer {
  readonly descriptor: Descriptor;
  readonly layer: ImageLayer;
}

/**
 * Makes the layer of a `Layers` entry of `manifest.json`. A plain tar is its own diffID; a compressed one (kaniko) is
 * passed on as it is, and verified against both its own digest and the diffID.
 *
 * @throws RegistryError `ARCHIVE_INVALID` where the member does not exist
 */
export async function archivedLayer(
  members: MemberIndex,
  name: string,
  index: number,
  diffId: string,
  { signal }: ReadOptions,
): Promise<ArchivedLayer> {
  const member = members.find(name);
  if (member === undefined) throw archiveInvalid(members.path, `layer ${index} is missing from it`);
  const where = `${members.path}: layer ${index}`;
  const tooLarge = (): Error => archiveInvalid(where, 'it cannot be read');
  const compression = compressionOf(await readCapped(members.open(member, signal, 4), 4, tooLarge));
  const digest = compression === undefined ? diffId : await storedDigest(members, name, member, signal);
  const mediaType = compression === undefined ? dockerLayerType : mediaTypes[compression];
  const descriptor = { mediaType, digest, size: member.size };
  const open = ({ signal }: ReadOptions = {}): AsyncIterable<Uint8Array> => {
    const verified = verifyContent(members.open(member, signal), descriptor, where);
    return compression === undefined ? verified : checkDiffId(verified, compression, diffId, where);
  };
  return { descriptor, layer: { index, ...descriptor, diffId, open } };
}
