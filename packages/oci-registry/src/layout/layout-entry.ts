import { RegistryError } from '../error.ts';
import type { Descriptor } from '../image/descriptor.ts';
import { isTag } from '../reference/parse-reference.ts';

/** Where an entry of `index.json` has its tag or name (image-spec, annotations.md). */
export const refNameAnnotation = 'org.opencontainers.image.ref.name';

/** What image-spec, annotations.md "ref.name" allows; tags may also begin with an underscore. */
const nameGrammar = /^[A-Za-z0-9]+(?:(?:--|[-._:@+/])[A-Za-z0-9]+)*$/;

/**
 * Checks the name an image is to have in a layout: a tag, or a whole reference.
 *
 * @throws RegistryError `REFERENCE_INVALID`
 */
export function checkLayoutName(name: string, where: string): void {
  if (isTag(name) || (name.length <= 512 && nameGrammar.test(name))) return;
  const shown = JSON.stringify(name.slice(0, 140));
  throw new RegistryError('REFERENCE_INVALID', `${where}: ${shown} cannot be the name of an image in a layout`, {
    hint: 'name it by a tag, or by a reference without a scheme',
  });
}

/** The entry of `index.json` for a manifest or index. */
export function layoutEntry(
  manifest: { readonly mediaType: string; readonly digest: string; readonly bytes: Uint8Array },
  annotations: Readonly<Record<string, string>> | undefined,
): Descriptor {
  const { mediaType, digest, bytes } = manifest;
  return { mediaType, digest, size: bytes.length, ...(annotations !== undefined && { annotations }) };
}

/** Entries with one more: it takes the name from the one that has it, and stands once. */
export function withEntry(entries: readonly Descriptor[], entry: Descriptor): readonly Descriptor[] {
  const nameOf = (one: Descriptor): string | undefined => one.annotations?.[refNameAnnotation];
  const name = nameOf(entry);
  const kept = entries.filter((one) => nameOf(one) !== name || (name === undefined && one.digest !== entry.digest));
  return [...kept, entry];
}
