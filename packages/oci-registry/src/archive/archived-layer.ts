import { createHash } from 'node:crypto';
import { RegistryError } from '../error.ts';
import { type ByteRange, checkRange, rangeOf } from '../image/byte-range.ts';
import type { Descriptor } from '../image/descriptor.ts';
import type { ImageLayer, ReadOptions } from '../image/image.ts';
import { dockerLayerType } from '../image/media-types.ts';
import { verifyContent, wrongDigest } from '../image/verify-content.ts';
import { parseDigest } from '../reference/digest.ts';
import { readCapped } from '../transport/read-capped.ts';
import { archiveInvalid } from './archive-error.ts';
import { checkDiffId } from './check-diff-id.ts';
import type { TarMember } from './index-tar.ts';
import { type Compression, compressionOf } from './inflate.ts';
import { claimedDigest, type MemberIndex } from './member-index.ts';
import type { PassedBlob } from './passed-blob.ts';

const compressedTypes: Readonly<Record<Compression, string>> = {
  gzip: `${dockerLayerType}.gzip`,
  zstd: `${dockerLayerType}.zstd`,
};

/** Media type of a layer for which nobody named one, by how it is compressed. */
export function layerTypeOf(compression: Compression | undefined): string {
  return compression === undefined ? dockerLayerType : compressedTypes[compression];
}

/** Digest of a member that does not have it in its name. Reads it once; nothing is kept. */
async function hashMember(members: MemberIndex, member: TarMember, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of members.open(member, signal)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

/** The digest that a layer's name claims; a compressed one may be called after the tar in it. */
export function claimedLayerDigest(name: string, compression: Compression | undefined): string | undefined {
  return compression !== undefined && name.endsWith('.tar') ? undefined : claimedDigest(name);
}

/** A layer of an archive without manifests, with the descriptor made up for it. */
export interface ArchivedLayer {
  readonly descriptor: Descriptor;
  readonly layer: ImageLayer;
}

/** How a layer is stored. */
interface StoredForm {
  readonly compression: Compression | undefined;
  /** Digest of its bytes. */
  readonly digest: string;
}

/** Looks how a layer of a file is stored; only a compressed one without its digest in its name is read for that. */
async function storedForm(
  members: MemberIndex,
  name: string,
  member: TarMember,
  diffId: string,
  where: string,
  signal: AbortSignal | undefined,
): Promise<StoredForm> {
  const tooLarge = (): Error => archiveInvalid(where, 'it cannot be read');
  const compression = compressionOf(await readCapped(members.open(member, signal, 4), 4, tooLarge));
  if (compression === undefined) return { compression, digest: diffId };
  const digest = claimedLayerDigest(name, compression) ?? (await hashMember(members, member, signal));
  return { compression, digest };
}

/** A layer that passed by in a stream was read; what is left is to see that it is the one the config names. */
function passedForm(passed: PassedBlob, diffId: string, where: string): StoredForm {
  if (!passed.isLayer) throw notHandedOut(where);
  const uncompressed = passed.compression === undefined ? passed.digest : passed.diffId;
  if (uncompressed === undefined || parseDigest(uncompressed).algorithm !== parseDigest(diffId).algorithm) {
    const hint = 'write the archive to a file and read that';
    throw archiveInvalid(where, 'it cannot be checked against the config in a stream', undefined, hint);
  }
  if (uncompressed !== diffId) throw wrongDigest(where, uncompressed, diffId);
  return passed;
}

/** The error for a layer of a stream that nobody was given, as it does not look like one. */
export function notHandedOut(where: string): RegistryError {
  return new RegistryError(
    'LAYER_UNAVAILABLE',
    `${where}: it is no tar, neither plain nor compressed by gzip or zstd`,
    {
      hint: 'write the archive to a file and read that',
    },
  );
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
  const passed = members.passed(member);
  const { compression, digest } =
    passed === undefined
      ? await storedForm(members, name, member, diffId, where, signal)
      : passedForm(passed, diffId, where);
  const descriptor = { mediaType: layerTypeOf(compression), digest, size: member.size };
  const open = ({ signal }: ReadOptions = {}): AsyncIterable<Uint8Array> => {
    const verified = verifyContent(members.open(member, signal), descriptor, where);
    return compression === undefined ? verified : checkDiffId(verified, compression, diffId, where);
  };
  const openRange = (range: ByteRange, { signal }: ReadOptions = {}): AsyncIterable<Uint8Array> => {
    checkRange(range, member.size, where);
    return rangeOf(members.open(member, signal), range);
  };
  return { descriptor, layer: { index, ...descriptor, diffId, open, openRange } };
}
