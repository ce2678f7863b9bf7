import { formatReference, parseReference } from '@falcon-iar/oci-registry';
import { StoredImageError } from './stored-image-error.ts';
import type { StoredImageRecord } from './stored-images.ts';

/** An image and the name it was found by. */
export interface FoundImage {
  readonly image: StoredImageRecord;
  readonly name: string;
}

/**
 * Finds an image by a reference, as Podman and crictl do: exactly as written, then in its canonical form, then as a name
 * that was given on this machine (`localhost/…`); by the digest of its manifest; or by its id, of which 12 digits or more
 * are enough.
 *
 * @throws StoredImageError `IMAGE_UNKNOWN`; RegistryError for a text that is no reference
 */
export function findStoredImage(images: readonly StoredImageRecord[], reference: string, root: string): FoundImage {
  const byId = /^(?:sha256:)?([0-9a-f]{12,64})$/.exec(reference)?.[1];
  const identified = byId === undefined ? [] : images.filter(({ id }) => id.startsWith(byId));
  const [only] = identified;
  if (only !== undefined && identified.length === 1) return { image: only, name: only.names[0] ?? only.id };
  const named = isWholeId(reference) ? undefined : (byName(images, reference) ?? byDigest(images, reference));
  if (named !== undefined) return named;
  const what = identified.length > 1 ? `is the beginning of ${identified.length} ids` : 'is not among the images';
  throw new StoredImageError(
    `[IMAGE_UNKNOWN] ${root}: ${reference} ${what}`,
    'check the name and tag; podman images and crictl images list what there is',
  );
}

/** By the grammar of references it is none, but everybody can see what is meant. */
function isWholeId(reference: string): boolean {
  return /^[0-9a-f]{64}$/.test(reference);
}

function byName(images: readonly StoredImageRecord[], reference: string): FoundImage | undefined {
  for (const name of namesOf(reference)) {
    const image = images.find(({ names }) => names.includes(name));
    if (image !== undefined) return { image, name };
  }
  return undefined;
}

function namesOf(reference: string): string[] {
  const local = reference.includes('/') ? [] : [canonical(`localhost/${reference}`)];
  return [reference, canonical(reference), ...local];
}

function canonical(reference: string): string {
  return formatReference(parseReference(reference));
}

function byDigest(images: readonly StoredImageRecord[], reference: string): FoundImage | undefined {
  const { registry, repository, digest } = parseReference(reference);
  if (digest === undefined) return undefined;
  const sameRepository = (name: string): boolean => {
    const named = parseReference(name);
    return named.registry === registry && named.repository === repository;
  };
  const image = images.find(({ documents, names }) => {
    const manifests = Object.keys(documents).filter((name) => name.startsWith('manifest'));
    return manifests.some((name) => documents[name] === digest) && names.some(sameRepository);
  });
  return image && { image, name: canonical(reference) };
}
