import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { StoredImageError } from './stored-image-error.ts';

/** A JSON document of a containers/storage folder, and the digest of its bytes. */
export interface StoredDocument {
  readonly value: unknown;
  /** `sha256:…`. */
  readonly digest: string;
}

const damaged = 'remove the image from the runtime and pull it again';

/**
 * Reads a document that the runtime wrote.
 *
 * @param maxBytes - A longer one is none that a runtime writes.
 * @throws StoredImageError for what is too long or no JSON; the system's error where it cannot be read
 */
export async function readStoredDocument(file: string, maxBytes: number): Promise<StoredDocument> {
  const bytes = await readBounded(file, maxBytes);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  try {
    return { value: JSON.parse(bytes.toString()), digest };
  } catch (cause) {
    throw new StoredImageError(`[STORAGE_INVALID] ${file}: it is no JSON`, damaged, { cause });
  }
}

async function readBounded(file: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) {
      throw new StoredImageError(`[TOO_LARGE] ${file}: ${size} bytes, the limit is ${maxBytes}`, damaged);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
