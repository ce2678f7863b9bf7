import type { ImageContent } from '../image/content-store.ts';
import type { Image, ReadOptions, ResolveOptions } from '../image/image.ts';
import { defaultConfigBytes } from '../image/load-config.ts';
import { resolveImage } from '../image/resolve-image.ts';
import { defaultManifestBytes } from '../image/verified-manifest.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { ArchiveStore, readArchiveIndex } from './archive-store.ts';
import { type ArchivedConfig, readArchivedConfig } from './archived-config.ts';
import { classicImage, classicParts } from './classic-image.ts';
import { type ChosenImage, chooseImage, type DockerManifestEntry } from './docker-manifest.ts';
import { type ArchivedManifest, findArchivedManifest, heldPart, holdsAll } from './find-archived-manifest.ts';
import type { MemberIndex } from './member-index.ts';
import { synthesizedContent } from './synthesized-content.ts';

/** An image of `manifest.json`, and what the archive has of it beside. */
interface FoundEntry {
  readonly chosen: ChosenImage;
  readonly config: ArchivedConfig;
  readonly store: ArchiveStore;
  /** `undefined` for docker before version 25, kaniko, skopeo. */
  readonly archived: ArchivedManifest | undefined;
}

async function findEntry(
  members: MemberIndex,
  entries: readonly DockerManifestEntry[],
  reference: string | undefined,
  { configBytes = defaultConfigBytes, manifestBytes = defaultManifestBytes, signal }: ArchiveOptions & ReadOptions,
): Promise<FoundEntry> {
  const chosen = chooseImage(entries, reference, members.path);
  const config = await readArchivedConfig(members, chosen.entry.Config, configBytes, signal);
  const store = new ArchiveStore(members, manifestBytes);
  const index = await readArchiveIndex(members, manifestBytes, { signal });
  const archived = index && (await findArchivedManifest(store, index.document, config.digest, { signal }));
  return { chosen, config, store, archived };
}

/**
 * Reads an image that `manifest.json` of an archive names.
 *
 * Where another platform is wanted than the one that is named there, and the archive holds the index of the image, the
 * platform is chosen there among those that the archive has.
 *
 * @throws RegistryError
 */
export async function resolveDockerImage(
  members: MemberIndex,
  entries: readonly DockerManifestEntry[],
  reference: string | undefined,
  options: ArchiveOptions & ResolveOptions,
): Promise<Image> {
  const { configBytes = defaultConfigBytes, platform, signal } = options;
  const { archived, chosen, config, store } = await findEntry(members, entries, reference, options);
  if (archived === undefined) return classicImage(members, chosen, config, options);
  const { manifest, index } = archived;
  const name = chosen.name ?? manifest.digest;
  const root = index === undefined || platform === undefined ? manifest : heldPart(store, index);
  const image = await resolveImage(store, root, name, { configBytes, platform, signal });
  return index === undefined ? image : { ...image, indexDigest: index.digest };
}

/**
 * Finds what an image of `manifest.json` is, whole: its index where the archive holds all of that, else its manifest;
 * where the archive has none, one that is made up.
 *
 * @throws RegistryError
 */
export async function dockerContent(
  members: MemberIndex,
  entries: readonly DockerManifestEntry[],
  reference: string | undefined,
  options: ArchiveOptions & ReadOptions,
): Promise<ImageContent> {
  const { archived, chosen, config, store } = await findEntry(members, entries, reference, options);
  if (archived === undefined) {
    const parts = await classicParts(members, chosen, config, options);
    return synthesizedContent(members.path, chosen.name, parts, config);
  }
  const { manifest, index } = archived;
  const root = index !== undefined && holdsAll(store, index) ? index : manifest;
  return { reference: chosen.name ?? root.digest, root, store };
}
