import { z } from 'zod';
import { RegistryError } from '../error.ts';
import { optional } from '../image/descriptor.ts';
import { manifestTooLarge } from '../image/verified-manifest.ts';
import { checkWireDocument, parseJson } from '../image/wire-document.ts';
import { isDigest } from '../reference/digest.ts';
import { formatReference } from '../reference/format-reference.ts';
import { parseReference } from '../reference/parse-reference.ts';
import { claimedDigest, type MemberIndex } from './member-index.ts';

/** One image of `manifest.json`, as docker save, podman save, skopeo and kaniko write it. */
export interface DockerManifestEntry {
  /** Member that holds the config. */
  readonly Config: string;
  /** Names of the image. */
  readonly RepoTags?: readonly string[] | undefined;
  /** Members that hold the layers, base layer first. */
  readonly Layers: readonly string[];
}

/** Most images of an archive, and most layers of an image. */
const maxEntries = 10_000;

const entrySchema: z.ZodType<DockerManifestEntry> = z.looseObject({
  Config: z.string().min(1),
  RepoTags: optional(z.array(z.string())),
  Layers: z
    .array(z.string())
    .max(maxEntries, `there are more than ${maxEntries}`)
    .nullish()
    .transform((layers) => layers ?? []),
});
const entriesSchema: z.ZodType<readonly DockerManifestEntry[]> = z
  .array(entrySchema)
  .max(maxEntries, `there are more than ${maxEntries}`);

/**
 * Reads `manifest.json` of an archive; `undefined` where it has none, or one that is `null`.
 *
 * @param limit its largest size, in bytes
 * @throws RegistryError `ARCHIVE_INVALID`, `MANIFEST_TOO_LARGE`
 */
export async function readDockerManifest(
  members: MemberIndex,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<readonly DockerManifestEntry[] | undefined> {
  const member = members.find('manifest.json');
  if (member === undefined) return undefined;
  const where = `${members.path}: manifest.json`;
  const bytes = await members.read(member, limit, signal, () => manifestTooLarge(where, limit));
  const document = parseJson(bytes, 'ARCHIVE_INVALID', where);
  return document === null ? undefined : checkWireDocument(document, entriesSchema, 'ARCHIVE_INVALID', where);
}

/** A name in canonical form; names that are no references stay as they are. */
function canonical(name: string): string {
  try {
    return formatReference(parseReference(name));
  } catch (error) {
    if (error instanceof RegistryError) return name;
    throw error;
  }
}

function listed(entries: readonly DockerManifestEntry[]): string {
  const names = entries.map((entry) => entry.RepoTags?.[0] ?? claimedDigest(entry.Config) ?? entry.Config);
  return names.length === 0 ? 'it is empty' : `it holds ${names.slice(0, 20).join(', ')}`;
}

/** An image of `manifest.json` and the name it was found by. */
export interface ChosenImage {
  readonly entry: DockerManifestEntry;
  /** Canonical reference, or the digest of the config for an image without a name. */
  readonly name: string | undefined;
}

/**
 * Chooses an image by one of its `RepoTags` or by the digest of its config.
 *
 * @param reference what to look for; `undefined` where the archive holds only one image
 * @throws RegistryError `REFERENCE_AMBIGUOUS`, `MANIFEST_UNKNOWN`, both listing what there is
 */
export function chooseImage(
  entries: readonly DockerManifestEntry[],
  reference: string | undefined,
  where: string,
): ChosenImage {
  if (reference === undefined || reference === '') {
    const [only] = entries;
    if (only !== undefined && entries.length === 1) {
      const tag = only.RepoTags?.[0];
      return { entry: only, name: tag === undefined ? undefined : canonical(tag) };
    }
    throw new RegistryError('REFERENCE_AMBIGUOUS', `${where}: ${listed(entries)}`, {
      hint: 'say which one by its name and tag, or by the digest of its config',
    });
  }
  const digest = reference.slice(reference.lastIndexOf('@') + 1);
  const wanted = canonical(reference);
  const entry = isDigest(digest)
    ? entries.find((candidate) => claimedDigest(candidate.Config) === digest)
    : entries.find((candidate) => candidate.RepoTags?.some((tag) => canonical(tag) === wanted));
  if (entry !== undefined) return { entry, name: wanted };
  const shown = JSON.stringify(reference.slice(0, 200));
  throw new RegistryError('MANIFEST_UNKNOWN', `${where}: no image ${shown}; ${listed(entries)}`, {
    hint: 'name one of the images of the archive',
  });
}
