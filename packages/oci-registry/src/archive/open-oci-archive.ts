import type { ImageSource } from '../image/image.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { ArchiveSource } from './archive-source.ts';

/**
 * Opens an oci-archive file as a source of images: an OCI image layout (image-spec, image-layout.md) in a tar, as
 * skopeo, buildah, podman save and docker buildx write it, and docker save since version 25; also compressed with gzip
 * or zstd as a whole. Nothing is unpacked to disk. The file is opened at the first `resolve` and held until `close`.
 *
 * `resolve` takes a tag, a digest, or the full name that containerd writes; `undefined` where there is one image.
 */
export function openOciArchive(path: string, options: ArchiveOptions = {}): ImageSource {
  return new ArchiveSource(path, 'oci-archive', options);
}
