import { RegistryError } from '../error.ts';

/** What to do about a file that is no archive of images, where nothing better is known. */
const anyTool = 'name a file that docker save, podman save, skopeo, buildah or kaniko wrote';

/** The error for a file that is damaged or no archive of images. */
export function archiveInvalid(where: string, reason: string, cause?: unknown, hint: string = anyTool): RegistryError {
  return new RegistryError('ARCHIVE_INVALID', `${where}: ${reason}`, { hint, cause });
}

/** The error for reading from an archive that was closed. */
export function archiveClosed(where: string): RegistryError {
  return new RegistryError('CLOSED', `${where}: the archive was closed`);
}
