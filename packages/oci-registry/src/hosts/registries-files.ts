import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFound } from '../file/read-file.ts';
import { type CachedFiles, cachedFiles, unreadable } from './cached-files.ts';
import { invalidHosts } from './hosts-error.ts';
import { parseRegistriesConf, type RegistryEntry } from './registries-document.ts';

/** Most drop-in files in one folder. */
const maxDropIns = 512;

/** The `*.conf` in a folder, by name. */
async function dropIns(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.conf'))
      .map(({ name }) => name);
    if (names.length > maxDropIns) throw invalidHosts(folder, `more than ${maxDropIns} files`);
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw unreadable(folder, error);
  }
}

/** The files that count, the most important last: the first of the paths that exists, then the drop-in folders. */
async function readAll(
  paths: readonly string[],
  read: CachedFiles<readonly RegistryEntry[]>,
  signal: AbortSignal | undefined,
): Promise<(readonly RegistryEntry[])[]> {
  const documents: (readonly RegistryEntry[])[] = [];
  const folders: string[] = [];
  for (const path of paths) {
    const main = await read(path, signal);
    folders.unshift(`${path}.d`);
    if (main === undefined) continue;
    documents.push(main);
    break;
  }
  for (const folder of folders) {
    for (const path of await dropIns(folder)) documents.push((await read(path, signal)) ?? []);
  }
  return documents;
}

/** Finds the `[[registry]]` tables that are in force, in the order of their prefixes. */
export type RegistriesFiles = (signal: AbortSignal | undefined) => Promise<readonly RegistryEntry[]>;

/**
 * Reads `registries.conf` files with their drop-in folders; each again when it changes.
 *
 * @param paths most important first: the first that exists counts, with the drop-ins of those before it
 */
export function registriesFiles(paths: readonly string[]): RegistriesFiles {
  const read = cachedFiles(parseRegistriesConf);
  return async (signal) => {
    const byPrefix = new Map<string, RegistryEntry>();
    for (const entries of await readAll(paths, read, signal)) {
      for (const entry of entries) byPrefix.set(entry.prefix, entry);
    }
    return [...byPrefix.values()].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
  };
}
