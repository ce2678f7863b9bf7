import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { RegistryError } from '../error.ts';
import { isNotFound, openRegularFile, readRange } from '../file/read-file.ts';
import { BoundedMap } from '../transport/bounded-map.ts';
import { invalidHosts } from './hosts-error.ts';

/** Largest file read, in bytes. */
const maxFileBytes = 1024 * 1024;
/** Files remembered by one reader. */
const maxFiles = 512;

/** Reads a file through a parser; `undefined` where there is no file. */
export type CachedFiles<Value> = (path: string, signal: AbortSignal | undefined) => Promise<Value | undefined>;

/** Changes with the content of a file, also where another file is renamed to its place. */
function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

async function readText(path: string, signal: AbortSignal | undefined): Promise<string> {
  const { handle } = await openRegularFile(path);
  const chunks: Uint8Array[] = [];
  try {
    // One byte more than allowed: the file may grow while it is read.
    for await (const chunk of readRange(handle, 0, maxFileBytes + 1, signal)) chunks.push(chunk);
  } finally {
    await handle.close();
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > maxFileBytes) throw invalidHosts(path, `larger than ${maxFileBytes} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidHosts(path, 'not UTF-8');
  }
}

/** The error for what the file system refuses. */
export function unreadable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof RegistryError || typeof code !== 'string') return error;
  return invalidHosts(path, code, 'make it a regular file that this process can read, or do not name it');
}

/**
 * Reads files of up to 1 MiB and keeps what the parser made of them as long as they do not change. Whether they changed
 * is looked at each time, which costs one system call.
 *
 * The reader rejects with RegistryError `HOSTS_INVALID` for a file that exists and cannot be read, and with what the
 * parser throws.
 */
export function cachedFiles<Value>(parse: (path: string, text: string) => Value): CachedFiles<Value> {
  const known = new BoundedMap<{ version: string; value: Value }>(maxFiles);
  return async (path, signal) => {
    signal?.throwIfAborted();
    try {
      // Looked at before it is read: what changes meanwhile is another version the next time.
      const version = versionOf(await stat(path, { bigint: true }));
      const kept = known.get(path);
      if (kept?.version === version) return kept.value;
      const value = parse(path, await readText(path, signal));
      known.set(path, { version, value });
      return value;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      signal?.throwIfAborted();
      throw unreadable(path, error);
    }
  };
}
