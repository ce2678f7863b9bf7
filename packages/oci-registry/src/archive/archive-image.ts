import type { ImageContent } from '../image/content-store.ts';
import type { Image, ReadOptions, ResolveOptions } from '../image/image.ts';
import { defaultManifestBytes } from '../image/verified-manifest.ts';
import { type ArchiveFormat, otherFormat } from './archive-format.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { dockerContent, resolveDockerImage } from './docker-image.ts';
import { type DockerManifestEntry, readDockerManifest } from './docker-manifest.ts';
import type { MemberIndex } from './member-index.ts';
import { ociContent, resolveOciImage } from './oci-image.ts';

/** The entries of `manifest.json` where the archive is to be read by them; `undefined` where it is by `index.json`. */
async function dockerEntries(
  members: MemberIndex,
  format: ArchiveFormat | undefined,
  { manifestBytes = defaultManifestBytes, signal }: ArchiveOptions & ReadOptions,
): Promise<readonly DockerManifestEntry[] | undefined> {
  if (format === 'oci-archive') return undefined;
  const entries = await readDockerManifest(members, manifestBytes, signal);
  if (entries !== undefined) return entries;
  if (format === undefined && members.find('index.json') !== undefined) return undefined;
  throw otherFormat(members, format);
}

/**
 * Reads an image of an archive of either form. What has both `manifest.json` and `index.json` is read by the first,
 * which has the names that people know.
 *
 * @param format the form it must have; `undefined` for the one that it has
 * @throws RegistryError
 */
export async function resolveArchiveImage(
  members: MemberIndex,
  format: ArchiveFormat | undefined,
  reference: string | undefined,
  options: ArchiveOptions & ResolveOptions,
): Promise<Image> {
  const entries = await dockerEntries(members, format, options);
  if (entries === undefined) return resolveOciImage(members, reference, options);
  return resolveDockerImage(members, entries, reference, options);
}

/**
 * Finds what a name means in an archive of either form, whole.
 *
 * @param format as for {@link resolveArchiveImage}
 * @throws RegistryError
 */
export async function archiveContent(
  members: MemberIndex,
  format: ArchiveFormat | undefined,
  reference: string | undefined,
  options: ArchiveOptions & ReadOptions,
): Promise<ImageContent> {
  const entries = await dockerEntries(members, format, options);
  if (entries === undefined) return ociContent(members, reference, options);
  return dockerContent(members, entries, reference, options);
}
