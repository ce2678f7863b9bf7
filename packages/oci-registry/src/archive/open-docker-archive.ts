import type { ImageSource } from '../image/image.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { ArchiveSource } from './archive-source.ts';

/**
 * Opens a docker-archive file as a source of images: what docker save writes, before and since version 25, and
 * podman save, skopeo and kaniko; also compressed with gzip or zstd as a whole. Nothing is unpacked to disk. The file is
 * opened at the first `resolve` and held until `close`.
 *
 * Where the archive has an OCI manifest (Docker 25 and newer) that identifies the image, else the config does, and the
 * manifest is made up. Layers of a compressed archive are reached by inflating all before them, each time.
 *
 * `resolve` takes a name with tag, or the digest of a config; `undefined` where there is one image.
 */
export function openDockerArchive(path: string, options: ArchiveOptions = {}): ImageSource {
  return new ArchiveSource(path, 'docker-archive', options);
}
