import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes read from a file at a time. */
const chunkBytes = 256 * 1024;

/** Opens a regular file for reading. Devices, directories and pipes are refused without waiting for a writer. */
export async function openRegularFile(path: string): Promise<{ handle: FileHandle; size: number }> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
    return { handle, size: stat.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Yields the bytes `[start, end)` of an open file; fewer where the file ends before. Does not close it. */
export async function* readRange(
  handle: FileHandle,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = start; at < end; ) {
    signal?.throwIfAborted();
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, end - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
  }
}

/** Yields a whole regular file. It is open only while being read. */
export async function* readWholeFile(
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* readFileRange(path, 0, Number.POSITIVE_INFINITY, signal);
}

/** Yields the bytes `[start, end)` of a regular file, as far as it has them. It is open only while being read. */
export async function* readFileRange(
  path: string,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { handle, size } = await openRegularFile(path);
  try {
    yield* readRange(handle, start, Math.min(end, size), signal);
  } finally {
    await handle.close();
  }
}

/** Whether an error says that a file does not exist. */
export function isNotFound(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
