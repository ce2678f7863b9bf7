import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scratch, ScratchFile } from '@falcon-iar/sbom';

/**
 * Scratch in a directory: content only, in files whose names are gone as soon as they are open, so that nothing is left
 * behind whatever happens.
 *
 * @param directory - Must exist; on a read-only file system nothing can be stored and `store` answers undefined.
 * @param capacity - Bytes that may be stored at once.
 */
export function createScratch(directory: string, capacity: number): Scratch {
  let used = 0;
  return {
    async store(content, size, { signal } = {}) {
      if (used + size > capacity) return undefined;
      used += size;
      const free = () => {
        used -= size;
      };
      let handle: FileHandle | undefined;
      try {
        handle = await openAnonymous(directory);
        if (handle === undefined) {
          free();
          return undefined;
        }
        await fill(handle, content, size, signal);
        return scratchFile(handle, size, free);
      } catch (error) {
        free();
        await handle?.close();
        throw error;
      }
    },
  };
}

async function openAnonymous(directory: string): Promise<FileHandle | undefined> {
  const path = join(directory, `iar-${randomUUID()}`);
  try {
    const handle = await open(path, 'wx+', 0o600);
    await unlink(path);
    return handle;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['EROFS', 'EACCES', 'ENOENT', 'ENOSPC', 'EPERM'].includes(code)) return undefined;
    throw error;
  }
}

async function fill(
  handle: FileHandle,
  content: AsyncIterable<Uint8Array>,
  size: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let offset = 0;
  for await (const chunk of content) {
    signal?.throwIfAborted();
    for (let at = 0; at < chunk.byteLength; ) {
      const { bytesWritten } = await handle.write(chunk, at, chunk.byteLength - at, offset);
      at += bytesWritten;
      offset += bytesWritten;
    }
  }
  if (offset !== size) throw new Error(`expected ${size} bytes for scratch, got ${offset}`);
}

function scratchFile(handle: FileHandle, size: number, free: () => void): ScratchFile {
  return {
    size,
    async read(offset, length) {
      const buffer = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      let filled = 0;
      while (filled < buffer.byteLength) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.byteLength - filled, offset + filled);
        if (bytesRead === 0) throw new Error(`scratch ended at ${offset + filled} of ${size} bytes`);
        filled += bytesRead;
      }
      return buffer;
    },
    async close() {
      free();
      await handle.close();
    },
  };
}
