import { RegistryError } from '../../error.ts';
import { readWholeFile } from '../../file/read-file.ts';
import { readCapped } from '../../transport/read-capped.ts';

/** Reads a text file whole. Rejects as `node:fs` does, `code` being `ENOENT` for one that does not exist. */
export type ReadCredentialFile = (
  path: string,
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<string>;

/** Largest file read, in bytes; a key or a token has a few thousand. */
const maxFileBytes = 1024 * 1024;

/**
 * The usual {@link ReadCredentialFile}: regular files of at most 1 MiB, as UTF-8.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` for a larger one, or the reason of the signal
 */
export const readCredentialFile: ReadCredentialFile = async (path, { signal }) => {
  const tooLarge = (): RegistryError =>
    new RegistryError('CREDENTIALS_INVALID', `read Google credentials, ${path}: larger than ${maxFileBytes} bytes`);
  return Buffer.from(await readCapped(readWholeFile(path, signal), maxFileBytes, tooLarge)).toString('utf8');
};
