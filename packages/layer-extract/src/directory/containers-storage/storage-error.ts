import { ExtractError } from '../../extract-error.ts';

/** Says that a folder of containers/storage has not what it should have; with the system's error underneath. */
export function storageError(where: string, what: string, cause?: unknown): ExtractError {
  return new ExtractError('STORAGE_INVALID', `containers/storage, ${where}: ${what}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'remove the image from the runtime and pull it again, or read it from its registry',
  });
}

/** Says that something in it is larger than anything a runtime writes. */
export function storageLimit(where: string, limit: string, value: number): ExtractError {
  return new ExtractError('LIMIT_EXCEEDED', `containers/storage, ${where}: more than limit ${limit} ${value}`, {
    hint: 'if the storage is to be trusted, give openContainersStorage a higher limit',
  });
}
