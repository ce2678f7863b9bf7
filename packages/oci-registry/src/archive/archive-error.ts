import { RegistryError } from '../error.ts';

/** The error for a file that is damaged or no docker-archive. */
export function archiveInvalid(where: string, reason: string, cause?: unknown): RegistryError {
  return new RegistryError('ARCHIVE_INVALID', `${where}: ${reason}`, {
    hint: 'name a file that docker save, podman save or kaniko wrote',
    cause,
  });
}

/** The error for reading from an archive that was closed. */
export function archiveClosed(where: string): RegistryError {
  return new RegistryError('CLOSED', `${where}: the archive was closed`);
}
