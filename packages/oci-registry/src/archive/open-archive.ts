import type { ImageSource } from '../image/image.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { ArchiveSource } from './archive-source.ts';

/**
 * Opens an archive file of either form as a source of images, for who need not care: by what it holds it is read as by
 * `openDockerArchive` (it has a `manifest.json`) or as by `openOciArchive`. Names are those of the form it has.
 */
export function openArchive(path: string, options: ArchiveOptions = {}): ImageSource {
  return new ArchiveSource(path, undefined, options);
}
