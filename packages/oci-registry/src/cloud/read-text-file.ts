import { RegistryError } from '../error.ts';
import { isNotFound, readWholeFile } from '../file/read-file.ts';
import { readCapped } from '../transport/read-capped.ts';
import { invalidSetting } from './invalid-setting.ts';

/**
 * Reads a text file whole. Must reject with `code: 'ENOENT'`, as `node:fs` does, where there is none, and with the
 * signal's reason when it aborts.
 */
export type ReadFile = (path: string, options: { readonly signal?: AbortSignal | undefined }) => Promise<string>;

/** Largest file read, in bytes; a key or a token has a few thousand. */
const maxFileBytes = 1024 * 1024;

function tooLarge(name: string): RegistryError {
  return invalidSetting(name, `larger than ${maxFileBytes} bytes`, 'check that it is the file that is meant');
}

/**
 * The usual {@link ReadFile}: regular files of at most 1 MiB, as UTF-8.
 *
 * Rejects with RegistryError `CREDENTIALS_INVALID` for a larger one, as `node:fs` does, or with the signal's reason.
 */
export const readTextFile: ReadFile = async (path, { signal }) =>
  Buffer.from(await readCapped(readWholeFile(path, signal), maxFileBytes, () => tooLarge(path))).toString('utf8');

/**
 * The text of a file without its byte order mark; `undefined` where there is no such file.
 *
 * @param name how messages call the file
 * @throws RegistryError `CREDENTIALS_INVALID` for one that is there and cannot be read, or the reason of the signal
 */
export async function readIfThere(
  readFile: ReadFile,
  path: string,
  signal: AbortSignal | undefined,
  name: string = path,
): Promise<string | undefined> {
  signal?.throwIfAborted();
  try {
    const text = await readFile(path, { signal });
    if (Buffer.byteLength(text) > maxFileBytes) throw tooLarge(name);
    // Editors on Windows put a byte order mark before the text.
    return text.replace(/^\uFEFF/, '');
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RegistryError) throw error;
    if (isNotFound(error)) return undefined;
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw invalidSetting(name, code, 'make the file readable for this process, or do not name it', error);
  }
}

/**
 * The token that somebody mounts into a file and renews there, without the white space around it.
 *
 * @param hint what to do where there is none
 * @throws RegistryError `CREDENTIALS_INVALID` where the file is missing or holds no token, or the reason of the signal
 */
export async function readTokenFile(
  readFile: ReadFile,
  path: string,
  signal: AbortSignal | undefined,
  hint: string,
): Promise<string> {
  const text = await readIfThere(readFile, path, signal);
  const token = text?.trim() ?? '';
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw invalidSetting(path, text === undefined ? 'it does not exist' : 'it holds no token', hint);
}
