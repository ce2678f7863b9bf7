import { stat } from 'node:fs/promises';
import { isNotFound } from '../file/read-file.ts';
import { unreadable } from './cached-files.ts';

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isNotFound(error)) return false;
    throw unreadable(path, error);
  }
}

/** The first of some paths that is a folder. Rejects with RegistryError `HOSTS_INVALID` where that cannot be seen. */
export async function findFolder(paths: Iterable<string>): Promise<string | undefined> {
  for (const path of paths) {
    if (await isFolder(path)) return path;
  }
  return undefined;
}
