import { RegistryError } from '../../error.ts';
import { isNotFound, readWholeFile } from '../../file/read-file.ts';
import { readCapped } from '../../transport/read-capped.ts';
import type { AzureSource } from './azure-source.ts';

/** Largest file read, in bytes. */
const maxFileBytes = 1024 * 1024;

function tooLarge(path: string): RegistryError {
  return new RegistryError('CREDENTIALS_INVALID', `read credentials, ${path}: larger than ${maxFileBytes} bytes`);
}

/** Reads a regular file of at most 1 MiB as UTF-8. */
export async function readSettingsFile(path: string, options: { signal?: AbortSignal | undefined }): Promise<string> {
  const bytes = await readCapped(readWholeFile(path, options.signal), maxFileBytes, () => tooLarge(path));
  return Buffer.from(bytes).toString('utf8');
}

/**
 * The text of a file without its byte order mark; `undefined` where there is no such file.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` for one that is there and cannot be read
 */
export async function readIfThere(
  readFile: AzureSource['readFile'],
  path: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const text = await readFile(path, { signal });
    if (Buffer.byteLength(text) > maxFileBytes) throw tooLarge(path);
    return text.replace(/^\uFEFF/, '');
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RegistryError) throw error;
    if (isNotFound(error)) return undefined;
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new RegistryError('CREDENTIALS_INVALID', `read credentials, ${path}: ${code}`, {
      hint: 'make the file readable for this process, or do not name it',
      cause: error,
    });
  }
}
