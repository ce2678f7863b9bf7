import { RegistryError } from '../error.ts';
import { imageChildren } from '../image/choose-child.ts';
import type { Descriptor } from '../image/descriptor.ts';
import type { ImageIndex } from '../image/manifest.ts';
import { isDigest } from '../reference/digest.ts';

/** Annotations under which tools write the name of an entry (image-spec, annotations.md; containerd). */
const nameAnnotations = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'] as const;

/** Names of an entry of `index.json`: its tag, and the full name that containerd adds. */
function namesOf(entry: Descriptor): readonly string[] {
  return nameAnnotations.map((key) => entry.annotations?.[key]).filter((name) => name !== undefined);
}

/** How entries are listed in an error. */
function listed(entries: readonly Descriptor[]): string {
  const names = entries.map((entry) => namesOf(entry)[0] ?? entry.digest);
  return names.length === 0 ? 'it is empty' : `it holds ${names.slice(0, 20).join(', ')}`;
}

/** What an entry of `index.json` was chosen as. */
export interface ChosenEntry {
  /** The entry, or `undefined` where the index itself is the image: one child per platform, none with a name. */
  readonly entry: Descriptor | undefined;
  /** How the image is called. */
  readonly name: string;
}

function chooseOnly(index: ImageIndex, where: string): ChosenEntry {
  const entries = imageChildren(index.manifests);
  const [only] = entries;
  if (only !== undefined && entries.length === 1) return { entry: only, name: namesOf(only)[0] ?? only.digest };
  const isMultiPlatform = entries.every((entry) => namesOf(entry).length === 0 && entry.platform !== undefined);
  if (entries.length > 0 && isMultiPlatform) return { entry: undefined, name: where };
  if (entries.length === 0) throw new RegistryError('NOT_AN_IMAGE', `${where}: index.json holds no container image`);
  throw new RegistryError('REFERENCE_AMBIGUOUS', `${where}: ${listed(entries)}`, {
    hint: 'say which one by its tag or digest',
  });
}

/**
 * Chooses an entry of a layout's `index.json`.
 *
 * @param reference a tag, `sha256:…` with or without a leading `@`, the full name of an entry, or `undefined` where
 * there is only one image
 * @throws RegistryError `REFERENCE_AMBIGUOUS`, `MANIFEST_UNKNOWN`, `NOT_AN_IMAGE`
 */
export function chooseEntry(index: ImageIndex, reference: string | undefined, where: string): ChosenEntry {
  if (reference === undefined || reference === '') return chooseOnly(index, where);
  const digest = reference.startsWith('@') ? reference.slice(1) : reference;
  const entry = isDigest(digest)
    ? index.manifests.find((candidate) => candidate.digest === digest)
    : index.manifests.find((candidate) => namesOf(candidate).includes(reference));
  if (entry !== undefined) return { entry, name: reference };
  const shown = JSON.stringify(reference.slice(0, 200));
  throw new RegistryError('MANIFEST_UNKNOWN', `${where}: no entry ${shown}; ${listed(index.manifests)}`, {
    hint: 'name a tag or digest that index.json has',
  });
}
