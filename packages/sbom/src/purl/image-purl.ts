import type { ImageSubject } from '../model/subject.ts';
import { canonicalPurl } from './canonical-purl.ts';

/** An image reference in its parts, as far as it has them. */
interface ReferenceParts {
  /** Registry and repository. */
  readonly repository: string;
  readonly tag: string | undefined;
}

/**
 * The package URL of an image (purl-spec, `oci`): the last part of the repository's name, the manifest's digest, and
 * where it was found.
 *
 * An image without a manifest has no digest that a registry would know, so its purl has no version.
 *
 * @example
 * `pkg:oci/nginx@sha256:0a1b…?arch=amd64&repository_url=docker.io%2Flibrary%2Fnginx&tag=1.27`
 */
export function imagePurl({ reference, digest, identity, platform }: ImageSubject): string {
  const { repository, tag } = referenceParts(reference);
  return canonicalPurl({
    type: 'oci',
    name: imageName(reference),
    version: identity === 'manifest' ? digest : undefined,
    qualifiers: {
      arch: platform.architecture,
      // A path or a bare name is no place on the network.
      repository_url: /^[^/]*[.:][^/]*\/|^localhost\//.test(repository) ? repository : undefined,
      tag,
    },
  });
}

/** The last part of the repository's name, in lower case, as purl-spec wants it. */
export function imageName(reference: string): string {
  const { repository } = referenceParts(reference);
  return repository.slice(repository.lastIndexOf('/') + 1).toLowerCase() || 'image';
}

function referenceParts(reference: string): ReferenceParts {
  const at = reference.indexOf('@');
  const tagged = at < 0 ? reference : reference.slice(0, at);
  const colon = tagged.lastIndexOf(':');
  if (colon <= tagged.lastIndexOf('/')) return { repository: tagged, tag: undefined };
  return { repository: tagged.slice(0, colon), tag: tagged.slice(colon + 1) || undefined };
}
