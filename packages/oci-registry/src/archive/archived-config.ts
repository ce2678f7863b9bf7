import { RegistryError } from '../error.ts';
import { type ImageConfig, parseConfig } from '../image/config.ts';
import { wrongDigest } from '../image/verify-content.ts';
import { digestOf, parseDigest } from '../reference/digest.ts';
import { archiveInvalid } from './archive-error.ts';
import { claimedDigest, type MemberIndex } from './member-index.ts';

/** The config of an image of `manifest.json`. */
export interface ArchivedConfig {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly document: ImageConfig;
}

/**
 * Reads the config of an image, verified against the digest in its name where there is one.
 *
 * @param limit its largest size, in bytes
 * @throws RegistryError `ARCHIVE_INVALID`, `CONFIG_TOO_LARGE`, `DIGEST_INVALID`, `MANIFEST_INVALID`
 */
export async function readArchivedConfig(
  members: MemberIndex,
  name: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<ArchivedConfig> {
  const member = members.find(name);
  if (member === undefined) throw archiveInvalid(members.path, 'the config of the image is missing from it');
  const where = `${members.path}: config`;
  const tooLarge = (): RegistryError =>
    new RegistryError('CONFIG_TOO_LARGE', `${where}: the config is larger than ${limit} bytes`);
  const bytes = await members.read(member, limit, signal, tooLarge);
  const claimed = claimedDigest(name);
  const digest = digestOf(bytes, claimed === undefined ? 'sha256' : parseDigest(claimed).algorithm);
  if (claimed !== undefined && digest !== claimed) throw wrongDigest(where, digest, claimed);
  return { bytes, digest, document: parseConfig(bytes, where) };
}
