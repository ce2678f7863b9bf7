import { z } from 'zod';
import type { ImageContent } from '../image/content-store.ts';
import { readManifest } from '../image/embedded-content.ts';
import type { Image, ReadOptions, ResolveOptions } from '../image/image.ts';
import { defaultConfigBytes } from '../image/load-config.ts';
import { resolveImage } from '../image/resolve-image.ts';
import { defaultManifestBytes } from '../image/verified-manifest.ts';
import { checkWireDocument, parseJson } from '../image/wire-document.ts';
import { chooseEntry } from '../layout/choose-entry.ts';
import { layoutImageName } from '../layout/layout-image-name.ts';
import { archiveInvalid } from './archive-error.ts';
import { otherFormat } from './archive-format.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { ArchiveStore, readArchiveIndex } from './archive-store.ts';
import type { MemberIndex } from './member-index.ts';

/** The member `oci-layout` (image-spec, image-layout.md). */
const markerSchema = z.looseObject({ imageLayoutVersion: z.string().regex(/^1\./, 'not version 1') });
const maxMarkerBytes = 4096;

async function checkMarker(members: MemberIndex, signal: AbortSignal | undefined): Promise<void> {
  const where = `${members.path}: oci-layout`;
  const member = members.find('oci-layout');
  if (member === undefined) throw archiveInvalid(members.path, 'it has index.json, but no oci-layout');
  const tooLarge = (): Error => archiveInvalid(where, `it is larger than ${maxMarkerBytes} bytes`);
  const bytes = await members.read(member, maxMarkerBytes, signal, tooLarge);
  checkWireDocument(parseJson(bytes, 'ARCHIVE_INVALID', where), markerSchema, 'ARCHIVE_INVALID', where);
}

/** Path of an archive without what says that it is one: what its images are called after. */
function withoutExtension(path: string): string {
  return path.replace(/(?<=[^/])(?:\.oci)?\.(?:tar|tgz|tar\.gz|tar\.zst)$/i, '');
}

/**
 * Finds what a name means in an OCI archive, an image layout (image-spec, image-layout.md) in a tar.
 *
 * @throws RegistryError
 */
export async function ociContent(
  members: MemberIndex,
  reference: string | undefined,
  { manifestBytes = defaultManifestBytes, signal }: ArchiveOptions & ReadOptions,
): Promise<ImageContent> {
  const index = await readArchiveIndex(members, manifestBytes, { signal });
  if (index === undefined) throw otherFormat(members, 'oci-archive');
  await checkMarker(members, signal);
  const { entry, name } = chooseEntry(index.document, reference, members.path);
  const store = new ArchiveStore(members, manifestBytes);
  const root = entry === undefined ? index : await readManifest(store, entry, { signal });
  const called = name === members.path ? name : layoutImageName(withoutExtension(members.path), name);
  return { reference: called, root, store };
}

/**
 * Reads an image of an OCI archive.
 *
 * @throws RegistryError
 */
export async function resolveOciImage(
  members: MemberIndex,
  reference: string | undefined,
  options: ArchiveOptions & ResolveOptions,
): Promise<Image> {
  const { configBytes = defaultConfigBytes, platform, signal } = options;
  const { reference: name, root, store } = await ociContent(members, reference, options);
  return resolveImage(store, root, name, { configBytes, platform, signal });
}
